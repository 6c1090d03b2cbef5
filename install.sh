#!/bin/sh
# Checks what Coppice needs, builds it, links it into ~/.local/bin and says which agents can be used. Installs nothing else.
set -eu
here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd -P)

missing=
if ! command -v git > /dev/null; then
    missing="git is missing. Install git 2.38 or newer"
else
    version=$(git --version | sed 's/^git version \([0-9]*\)\.\([0-9]*\).*/\1 \2/')
    if [ "${version% *}" -lt 2 ] || { [ "${version% *}" -eq 2 ] && [ "${version#* }" -lt 38 ]; }; then
        missing="$(git --version) is too old. Install git 2.38 or newer"
    fi
fi
[ -z "$missing" ] || echo "$missing, then run this again." >&2

# The launcher finds a JDK 25, or says that there is none, and builds. All that is missing is told before this ends.
"$here/coppice" --version || exit 6
[ -z "$missing" ] || exit 6
"$here/coppice" install
echo "Agents that can be used:"
# In a folder of its own, since there need be no repository here.
agents=$(mktemp -d)
trap 'rm -rf "$agents"' EXIT
git -C "$agents" init --quiet
(cd "$agents" && "$here/coppice" agents)
