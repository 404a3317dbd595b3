#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# What the tests need from the distribution: a browser and a PostgreSQL server. Installed as root on Debian, else said.
set -euo pipefail
missing=()
command -v chromium >/dev/null || [ -x "${CARENE_CHROMIUM:-}" ] || missing+=(chromium)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installation de ${missing[*]} (paquets de la distribution)…"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
echo "Pour tous les tests, installer : ${missing[*]} (paquets de la distribution), puis relancer make test." >&2
exit 2
