# SPDX-License-Identifier: EUPL-1.2
"""Identity providers, found here by allauth: any OpenID Connect server, and thin variants for the two of the State.

Stricter than allauth's own: the signature of the identity token is always verified (it trusts the connection), with an
algorithm of a short list; a nonce ties the token to this browser; the issuer, the audience and the subject must agree.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import urlencode

import jwt
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384"})
LEEWAY = 60  # seconds that two honest clocks may differ
WELL_KNOWN = "/.well-known/"


def nonce_of(verifier: str) -> str:
    """The nonce sent with a request: known to whoever holds the PKCE verifier, which never leaves the session."""
    digest = hashlib.sha256(f"nonce:{verifier}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


class Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Talks to the server. Raises OAuth2Error, shown as one page, when anything does not agree."""

    verifier = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        asked = self.get_provider().server_url.partition(WELL_KNOWN)[0].rstrip("/")
        if str(config.get("issuer", "")).rstrip("/") != asked:
            message = "the discovery document names another issuer"
            raise OAuth2Error(message)
        return config

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        self.verifier = pkce_code_verifier or ""
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> Any:
        text = kwargs["response"].get("id_token")
        if not text or not self.verifier:
            message = "no identity token"
            raise OAuth2Error(message)
        identity = self.verified(text, app.client_id)
        if identity.get("nonce") != nonce_of(self.verifier):
            message = "the identity token answers another request"
            raise OAuth2Error(message)
        info = self._fetch_user_info(token.token)
        if info.get("sub") != identity.get("sub"):
            message = "the identity token and the user's information speak of two people"
            raise OAuth2Error(message)
        login = self.get_provider().sociallogin_from_response(request, {"userinfo": info, "id_token": identity})
        accepted = app.settings["acr"]
        login.strong = bool(app.settings["strong"]) and (not accepted or identity.get("acr") in accepted)
        return login

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        """JSON, or a signed JWT (ProConnect): then verified like the identity token."""
        with get_adapter().get_requests_session() as session:
            response = session.get(self.profile_url, headers={"Authorization": f"Bearer {access_token}"})
            response.raise_for_status()
        if response.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/jwt":
            return self.verified(response.text.strip(), self.get_provider().app.client_id, dated=False)
        if self.get_provider().signed_userinfo:
            message = "this provider signs the user's information, and this one is not signed"
            raise OAuth2Error(message)
        data: dict[str, Any] = response.json()
        return data

    def verified(self, text: str, audience: str, *, dated: bool = True) -> dict[str, Any]:
        """Claims of a token signed by this server for us. ``dated``: it must say when it ends."""
        try:
            header = jwt.get_unverified_header(text)
            if header.get("alg") not in ALGORITHMS:
                message = f"algorithm {header.get('alg')} is not accepted"
                raise OAuth2Error(message)
            claims: dict[str, Any] = jwt.decode(
                text,
                key=self._key(header.get("kid")),
                algorithms=[header["alg"]],
                audience=audience,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": ["iss", "aud", "sub", *(["exp", "iat"] if dated else [])]},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            message = f"a token was refused: {type(error).__name__}"
            raise OAuth2Error(message) from error
        return claims

    def _key(self, kid: str | None) -> Any:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
        keys = [key for key in jwt.PyJWKSet.from_dict(response.json()).keys if key.public_key_use in {None, "sig"}]
        chosen = [key for key in keys if key.key_id == kid] if kid else keys
        if len(chosen) != 1:
            message = "the key that signed the token is not published"
            raise OAuth2Error(message)
        return chosen[0].key


class Generic(OpenIDConnectProvider):  # type: ignore[misc]
    """Any OpenID Connect server: the hospital's own, Keycloak, Entra ID…"""

    id = "openid_connect"
    oauth2_adapter_class = Adapter
    says_verified = True  # it tells which addresses it has verified
    signed_userinfo = False

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        address = reverse("openid_connect_login", args=[self.app.provider_id])
        return f"{address}?{urlencode(kwargs)}" if kwargs else address

    def get_callback_url(self) -> str:
        return reverse("openid_connect_callback", args=[self.app.provider_id])

    def get_pkce_params(self) -> dict[str, str]:
        parameters = super().get_pkce_params()
        return {**parameters, "nonce": nonce_of(parameters["code_verifier"])}

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, str]:
        """Those of the settings: an address cannot ask for others."""
        return dict(self.get_auth_params())

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        info = data["userinfo"]
        parts = [info.get("given_name"), info.get("family_name") or info.get("usual_name")]
        name = info.get("name") or " ".join(str(part) for part in parts if part)
        return {"email": info.get("email"), "name": name}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The address, ``verified`` only when the settings trust this provider for its domain."""
        info = data["userinfo"]
        email = str(info.get("email") or "").strip().lower()
        if not email:
            return []
        trusted = self.app.settings["trusted_domains"]
        domain = email.rpartition("@")[2]
        told = info.get("email_verified") is True if self.says_verified else info.get("email_verified") is not False
        return [EmailAddress(email=email, verified=told and (domain in trusted or "*" in trusted), primary=True)]

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Kept: what the list of connections shows. The rest of what the provider tells is not ours to keep."""
        common = self.extract_common_fields(data)
        return {"userinfo": {"sub": data["userinfo"]["sub"], **{k: v for k, v in common.items() if v}}}


class ProSanteConnect(Generic):
    """For professionals of the national directory (CPS, e-CPS). It vouches for no address: one links it oneself."""

    id = "kind_prosanteconnect"


class ProConnect(Generic):
    """For agents of the State and professionals. Its user information is a signed token."""

    id = "kind_proconnect"
    says_verified = False  # it says nothing of verification: the settings decide whose addresses it may vouch for
    signed_userinfo = True


provider_classes = [Generic, ProSanteConnect, ProConnect]
