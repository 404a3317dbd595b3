# SPDX-License-Identifier: EUPL-1.2
"""The second factor as allauth sees it: our name, secrets encrypted at rest, codes that serve once, our words."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from carene.core.accounts.models import User

ONCE_SECONDS = 120  # longer than a code can live: its 30 seconds, one more step before and after


def _box() -> MultiFernet:
    """Encrypts with the server's key; also opens what older keys closed (``SECRET_KEY_FALLBACKS``)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"carene.mfa:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "Ce code ne convient pas : vérifier l'heure du téléphone, puis saisir le code suivant.",
        "cannot_generate_recovery_codes": "Les codes de secours se créent après un premier second facteur.",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ImproperlyConfigured when the server's key is not the one that closed this secret."""
        try:
            return _box().decrypt(encrypted_text.encode("ascii")).decode()
        except InvalidToken as error:
            message = "A second factor was enrolled under another secret key: restore it (CARENE_SECRET_KEY_OLD)."
            raise ImproperlyConfigured(message) from error

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Carène"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "Clé principale" if count == 0 else "Clé de secours" if count == 1 else f"Clé {count + 1}"


class _Once:
    """A code read over a shoulder, or on the network, is of no use: it has served."""

    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        seen = f"carene.code:{self.user.pk}:{hashlib.sha256(normalize_user_code(code).encode()).hexdigest()}"
        if not cache.add(seen, True, timeout=ONCE_SECONDS):
            raise MFAAdapter().validation_error("incorrect_code")
        return code


def _worded(form: Any, label: str, help_text: str = "") -> None:
    field = form.fields["code"]
    field.label, field.help_text = label, help_text
    field.widget.attrs.update({"inputmode": "numeric", "autofocus": True})
    field.widget.attrs.pop("placeholder", None)


class CodeForm(_Once, AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self, "Code", "Celui que l'application affiche, ou un code de secours.")


class ConfirmCodeForm(_Once, ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self, "Code", "Celui que l'application affiche, ou un code de secours.")


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _worded(self, "Code affiché par l'application", "Six chiffres, qui changent toutes les trente secondes.")


class AddKeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"
        self.fields["name"].help_text = "Pour la reconnaître : « Téléphone », « Clé du bureau »."
        self.fields["passwordless"].label = "Permettre d'entrer avec cette clé seule, sans mot de passe"
        self.fields["passwordless"].help_text = "L'appareil demandera une empreinte, un visage ou un code."


class EditKeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Nom de la clé"
