# SPDX-License-Identifier: EUPL-1.2
"""People. A person is known by an e-mail address; what they may do stands in memberships."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    email = models.EmailField("adresse électronique", unique=True)
    name = models.CharField("nom", max_length=120)
    function = models.CharField("fonction", max_length=120, blank=True)
    is_active = models.BooleanField("actif", default=True)
    date_joined = models.DateTimeField("inscrit le", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "personne"
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        words = [w for w in self.name.replace("-", " ").split() if w[:1].isalpha()]
        return "".join(w[0] for w in words[:1] + words[-1:]).upper() or self.email[:1].upper()


class Invitation(models.Model):
    """The link by which a person who was given a role chooses a first password. It serves once, for seven days.

    ``nonce`` alone opens nothing: the link carries it signed with the server's key (``invitations.token``).
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=43, unique=True)
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    expires_at = models.DateTimeField("expire le")
    used_at = models.DateTimeField("utilisée le", null=True)

    class Meta:
        verbose_name = "invitation"
        ordering = ["-id"]
        # One open link for a person: a new one closes the one before.
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(used_at=None), name="invitation_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.expires_at:%Y-%m-%d}"
