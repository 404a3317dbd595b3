# SPDX-License-Identifier: EUPL-1.2
"""Settings of the tests: hostile where production is tolerant, quick where it makes no difference."""

import tempfile
from pathlib import Path

from carene.config import settings as production
from carene.config.settings import *  # noqa: F403

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
VAR = Path(tempfile.mkdtemp(prefix="carene-tests-"))
FILES_ROOT = VAR / "files"
STATIC_ROOT = VAR / "static"
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **production.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
JOBS_HERE = False  # tests run jobs themselves
CLAMAV = None  # tests of the antivirus bring their own
MFA_ROLES = []  # tests of the second factor demand it themselves
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
