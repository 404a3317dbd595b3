# SPDX-License-Identifier: EUPL-1.2
"""Settings of the sign-in: second factor, passkeys, sessions, rate limits, identity providers.

An identity provider is described by the environment alone (docs/guide/connexion.md):

    CARENE_OIDC_<NAME>_CLIENT_ID       what declares it
    CARENE_OIDC_<NAME>_CLIENT_SECRET   (or …_CLIENT_SECRET_FILE)
    CARENE_OIDC_<NAME>_URL             its issuer, or the address of its discovery document
    CARENE_OIDC_<NAME>_KIND            generique, prosanteconnect or proconnect
    CARENE_OIDC_<NAME>_LABEL           the name people read on the button
    CARENE_OIDC_<NAME>_TRUSTED_DOMAINS domains of the addresses that it may vouch for
    CARENE_OIDC_<NAME>_SCOPES, _ACR, _STRONG
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from carene.config import env

KINDS = {
    # What is asked for, and how strong an identity; both can be overridden.
    "generique": {"label": "Compte de l'établissement", "scopes": ("openid", "profile", "email"), "acr": ""},
    "prosanteconnect": {"label": "Pro Santé Connect", "scopes": ("openid", "scope_all"), "acr": "eidas1"},
    "proconnect": {
        "label": "ProConnect",
        "scopes": ("openid", "given_name", "usual_name", "email", "siret"),
        "acr": "",
    },
}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
PREFIX = "CARENE_OIDC_"
# Those who decide, who give roles, or who read beyond one establishment.
_MFA_ROLES = ("administrateur", "gestionnaire", "rssi", "direction", "auditeur", "officier", "national")
MFA_ROLES_GIVEN = bool(env.text("CARENE_MFA_ROLES"))


def mfa_roles() -> list[str]:
    """Roles that cannot be held without a second factor; « aucun » for none."""
    roles = env.items("CARENE_MFA_ROLES", _MFA_ROLES)
    return [] if roles == ["aucun"] else roles


def _provider(name: str) -> tuple[str, dict[str, Any]]:
    """Kind and application of one provider, as allauth wants it. Raises SettingError with what to mend."""
    variable = f"{PREFIX}{name}_"
    slug = name.lower().replace("_", "-")
    kind = env.text(f"{variable}KIND", slug if slug in KINDS else "generique").lower()
    if kind not in KINDS:
        raise env.SettingError(f"{variable}KIND vaut « {kind} »", remedy=f"écrire {', '.join(KINDS)}")
    url = env.text(f"{variable}URL")
    secret = env.text(f"{variable}CLIENT_SECRET")
    if not url or not secret:
        missing = "URL" if not url else "CLIENT_SECRET"
        raise env.SettingError(f"{variable}{missing} manque", remedy="la renseigner, ou retirer ce fournisseur")
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise env.SettingError(f"{variable}URL ne commence pas par https://", remedy="corriger l'adresse")
    default = KINDS[kind]
    acr = env.text(f"{variable}ACR", str(default["acr"]))
    domains = [domain.lower().removeprefix("@") for domain in env.items(f"{variable}TRUSTED_DOMAINS")]
    settings = {
        "server_url": url.rstrip("/"),
        "oauth_pkce_enabled": True,
        "scope": env.items(f"{variable}SCOPES", tuple(default["scopes"])),
        "auth_params": {"acr_values": acr} if acr else {},
        "acr": acr.split(),
        "trusted_domains": domains,
        "strong": env.boolean(f"{variable}STRONG"),
        "email_authentication": False,  # who is known by an address alone is never signed in by it
    }
    label = env.text(f"{variable}LABEL", str(default["label"]))
    application = {
        "provider_id": slug,
        "name": label,
        "client_id": env.text(f"{variable}CLIENT_ID"),
        "secret": secret,
        "settings": settings,
    }
    # Names of kinds hold an underscore and those of providers never do: allauth looks both up in one place.
    return ("openid_connect" if kind == "generique" else f"kind_{kind}"), application


def providers() -> dict[str, dict[str, Any]]:
    """``SOCIALACCOUNT_PROVIDERS``: kind → its applications; empty when the environment names none."""
    found: dict[str, dict[str, Any]] = {}
    for name in env.named(PREFIX, "_CLIENT_ID"):
        kind, application = _provider(name)
        found.setdefault(kind, {"APPS": []})["APPS"].append(application)
    return found


MFA_ROLES = mfa_roles()
MFA_ADAPTER = "carene.core.accounts.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Carène"
MFA_TOTP_TOLERANCE = 1  # the clock of a phone may be half a minute off; a code serves once all the same
MFA_FORMS = {
    "authenticate": "carene.core.accounts.mfa.CodeForm",
    "reauthenticate": "carene.core.accounts.mfa.ConfirmCodeForm",
    "activate_totp": "carene.core.accounts.mfa.ActivateForm",
    "add_webauthn": "carene.core.accounts.mfa.AddKeyForm",
    "edit_webauthn": "carene.core.accounts.mfa.EditKeyForm",
}

USERSESSIONS_TRACK_ACTIVITY = False  # a write at every page would cost more than it tells

SOCIALACCOUNT_ADAPTER = "carene.core.accounts.social.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"disconnect": "carene.core.accounts.social.UnlinkForm"}
SOCIALACCOUNT_PROVIDERS = providers()
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 8

ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Carène : "
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# A whole hospital may come out of one address: limits by address are wide, limits by account are not.
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "invitation": "20/m/ip",
    "api_key": "60/m/ip",  # keys that open nothing
}
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("CARENE_PROXIES", 1 if env.boolean("CARENE_BEHIND_PROXY") else 0)
