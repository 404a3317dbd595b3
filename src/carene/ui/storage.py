# SPDX-License-Identifier: EUPL-1.2
"""Static files under names that change with their content."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class HashedStorage(ManifestStaticFilesStorage):
    """Renames what our ES modules import too: a module loaded under two names would run twice.

    Django can do it for every file, but takes the examples in the comments of other people's scripts for imports.
    """

    patterns = (
        *ManifestStaticFilesStorage.patterns,
        (
            "carene/*.js",
            (
                (
                    r"""(?P<matched>(?P<import>import [^;]+? from) ["'](?P<url>\./[^"']+)["'];)""",
                    """%(import)s "%(url)s";""",
                ),
            ),
        ),
    )
