# SPDX-License-Identifier: EUPL-1.2
"""Numbers that mean the same in every directory: RIDs, SIDs, GUIDs of rights, of attributes and of classes.

Sources: MS-ADTS 5.1.3.2.1 (rights), MS-ADSC (classes), MS-ADA1 to 3 (attributes), MS-DTYP 2.4.2.4 (SIDs).
"""

from __future__ import annotations

from collections.abc import Mapping

ADMINISTRATOR, GUEST, KRBTGT = 500, 501, 502
DOMAIN_USERS, DOMAIN_GUESTS, DOMAIN_COMPUTERS, DOMAIN_CONTROLLERS, READ_ONLY_CONTROLLERS = 513, 514, 515, 516, 521
PROTECTED_USERS = 525
BUILT_IN_ADMINISTRATORS = 544

# Groups whose members, of members too, are the privileged population (ANSSI): of a domain, then « BUILTIN »
PRIVILEGED_OF_DOMAIN = (512, 516, 518, 519, 526, 527)
PRIVILEGED_BUILT_IN = (544, 548, 549, 550, 551, 552)

EVERYONE, AUTHENTICATED, ANONYMOUS, SELF, SYSTEM = "S-1-1-0", "S-1-5-11", "S-1-5-7", "S-1-5-10", "S-1-5-18"
OWNER_RIGHTS, CREATOR_OWNER, CREATOR_GROUP = "S-1-3-4", "S-1-3-0", "S-1-3-1"
ENTERPRISE_CONTROLLERS, USERS = "S-1-5-9", "S-1-5-32-545"

NAMES: Mapping[str, str] = {
    EVERYONE: "Tout le monde",
    "S-1-5-1": "Accès à distance",
    "S-1-5-2": "Réseau",
    "S-1-5-4": "Interactif",
    ANONYMOUS: "Connexion anonyme",
    ENTERPRISE_CONTROLLERS: "Contrôleurs de domaine de la forêt",
    SELF: "L'objet lui-même",
    AUTHENTICATED: "Utilisateurs authentifiés",
    "S-1-5-15": "Cette organisation",
    SYSTEM: "Système",
    "S-1-5-19": "Service local",
    "S-1-5-20": "Service réseau",
    OWNER_RIGHTS: "Droits du propriétaire",
    CREATOR_OWNER: "Créateur propriétaire",
    CREATOR_GROUP: "Groupe créateur",
    "S-1-5-32-544": "Administrateurs",
    "S-1-5-32-545": "Utilisateurs",
    "S-1-5-32-546": "Invités",
    "S-1-5-32-548": "Opérateurs de compte",
    "S-1-5-32-549": "Opérateurs de serveur",
    "S-1-5-32-550": "Opérateurs d'impression",
    "S-1-5-32-551": "Opérateurs de sauvegarde",
    "S-1-5-32-552": "Duplicateurs",
    "S-1-5-32-554": "Accès compatible pré-Windows 2000",
    "S-1-5-32-555": "Utilisateurs du Bureau à distance",
    "S-1-5-32-557": "Générateurs d'approbations de forêt entrante",
    "S-1-5-32-560": "Groupe d'accès d'autorisation Windows",
    "S-1-5-32-561": "Serveurs de licences des services Terminal Server",
    "S-1-5-32-574": "Accès DCOM service de certificats",
    "S-1-5-32-580": "Utilisateurs de gestion à distance",
}

NAMES_OF_RIDS: Mapping[int, str] = {
    498: "Contrôleurs de domaine d'entreprise en lecture seule",
    500: "Administrateur",
    501: "Invité",
    502: "krbtgt",
    512: "Admins du domaine",
    513: "Utilisateurs du domaine",
    514: "Invités du domaine",
    515: "Ordinateurs du domaine",
    516: "Contrôleurs de domaine",
    517: "Éditeurs de certificats",
    518: "Administrateurs du schéma",
    519: "Administrateurs de l'entreprise",
    520: "Propriétaires créateurs de la stratégie de groupe",
    521: "Contrôleurs de domaine en lecture seule",
    522: "Contrôleurs de domaine clonables",
    525: "Utilisateurs protégés",
    526: "Administrateurs clés",
    527: "Administrateurs clés Enterprise",
    553: "Serveurs RAS et IAS",
    571: "Groupe de réplication dont le mot de passe RODC est autorisé",
    572: "Groupe de réplication dont le mot de passe RODC est refusé",
}

# Rights that an entry of type « object » names: GUID → name
EXTENDED: Mapping[str, str] = {
    "00299570-246d-11d0-a768-00aa006e0529": "user-force-change-password",
    "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2": "ds-replication-get-changes",
    "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2": "ds-replication-get-changes-all",
    "89e95b76-444d-4c62-991a-0facbeda640c": "ds-replication-get-changes-in-filtered-set",
    "0e10c968-78fb-11d2-90d4-00c04f79dc55": "certificate-enrollment",
    "a05b8cc2-17bc-4802-a710-e7c15ab866a2": "certificate-autoenrollment",
}
ATTRIBUTES: Mapping[str, str] = {
    "bf9679c0-0de6-11d0-a285-00aa003049e2": "member",
    "f3a64788-5306-11d1-a9c5-0000f80367c1": "serviceprincipalname",
    "5b47d60f-6090-40b2-9f37-2a4de88f3063": "msds-keycredentiallink",
    "00fbf30c-91fe-11d1-aebc-0000f80367c1": "altsecurityidentities",
    "3f78c3e5-f79a-46bd-a0b8-9d18116ddc79": "msds-allowedtoactonbehalfofotheridentity",
    "f30e3bbe-9ff0-11d1-b603-0000f80367c1": "gplink",
    "0296c120-40da-11d1-a9c0-0000f80367c1": "managedby",
    "bf9679a8-0de6-11d0-a285-00aa003049e2": "scriptpath",
    "bf967a68-0de6-11d0-a285-00aa003049e2": "useraccountcontrol",
    "888eedd6-ce04-df40-b462-b8a50e41ba38": "msds-groupmsamembership",
    "ea1dddc4-60ff-416e-8cc0-17cee534bce7": "mspki-certificate-name-flag",
    "d15ef7d8-f226-46db-ae79-b34e560bd12c": "mspki-enrollment-flag",
}
# Where the schema was not collected: what the sets of properties of Windows hold, as far as it decides something
PROPERTY_SETS: Mapping[str, tuple[str, ...]] = {
    "4c164200-20c0-11d0-a768-00aa006e0529": ("useraccountcontrol", "msds-allowedtoactonbehalfofotheridentity"),
    "e48d0154-bcf8-11d1-8702-00c04fb96050": ("serviceprincipalname", "altsecurityidentities"),
    "bc0ac240-79a9-11d0-9020-00c04fc2d4cf": ("member",),
    "5f202010-79a5-11d0-9020-00c04fc2d4cf": ("scriptpath",),
}
CLASSES: Mapping[str, str] = {
    "bf967aba-0de6-11d0-a285-00aa003049e2": "user",
    "4828cc14-1437-45bc-9b07-ad6f015e5f28": "inetorgperson",
    "bf967a86-0de6-11d0-a285-00aa003049e2": "computer",
    "bf967a9c-0de6-11d0-a285-00aa003049e2": "group",
    "bf967aa5-0de6-11d0-a285-00aa003049e2": "organizationalunit",
    "bf967a8b-0de6-11d0-a285-00aa003049e2": "container",
    "19195a5b-6da0-11d0-afd3-00c04fd930c9": "domaindns",
    "f30e3bc2-9ff0-11d1-b603-0000f80367c1": "grouppolicycontainer",
    "ce206244-5827-4a86-ba1c-1c0c386c1b64": "msds-managedserviceaccount",
    "7b8b558a-93a5-4af7-adca-c017e67f1057": "msds-groupmanagedserviceaccount",
    "0feb936f-47b3-49f2-9386-1dedc2c23765": "msds-delegatedmanagedserviceaccount",
    "89e31c12-8530-11d0-afda-00c04fd930c9": "foreignsecurityprincipal",
    "e5209ca2-3bba-11d2-90cc-00c04fd91ab1": "pkicertificatetemplate",
}
DELEGATED_ACCOUNT = "msds-delegatedmanagedserviceaccount"
LAPS = frozenset({"ms-mcs-admpwd", "mslaps-password", "mslaps-encryptedpassword"})
LAPS_EXPIRIES = ("ms-mcs-admpwdexpirationtime", "mslaps-passwordexpirationtime")  # set where a password is kept


def name_of(sid: str) -> str:
    """French name of what every directory has; empty for the others."""
    if sid.startswith("S-1-5-21-"):
        return NAMES_OF_RIDS.get(int(sid.rpartition("-")[2]), "") if sid.count("-") == 7 else ""
    return NAMES.get(sid, "")
