#!/bin/sh
# A real Asterisk in a folder of its own, and SIPp: what the telephony lab runs on. About a minute the first time.
#
#   prepare.sh [FOLDER]      default: $CALLCENTER_LAB, else /var/cache/callcenter-lab
#
# Needs root, Debian (or a relative) and its package mirror, whose address is asked from apt. Does nothing when
# the folder is ready. Exit 3: this machine cannot do it, and the last line on standard error says why.
set -eu

lab=${1:-${CALLCENTER_LAB:-/var/cache/callcenter-lab}}
root=$lab/asterisk
export DEBIAN_FRONTEND=noninteractive

cannot() { echo "$1" >&2; exit 3; }
# A mirror that fails once is asked again.
thrice() { "$@" || { sleep 2; "$@"; } || { sleep 5; "$@"; }; }
ready() { [ -e "$root/.ready" ] && command -v sipp >/dev/null 2>&1; }

ready && exit 0
[ "$(id -u)" = 0 ] || cannot "the lab is made by root only (debootstrap and chroot)"
command -v apt-get >/dev/null 2>&1 || cannot "no apt here: the lab is made of Debian packages"
mkdir -p "$lab"

# One at a time: two test runs at once share the folder.
exec 9>"$lab/.lock"
flock -w 900 9 || cannot "another preparation of $lab does not end"
ready && exit 0

if ! command -v sipp >/dev/null 2>&1 || ! command -v debootstrap >/dev/null 2>&1; then
  thrice apt-get update -qq || cannot "the package mirror does not answer"
  thrice apt-get install -y -qq --no-install-recommends sip-tester debootstrap >/dev/null ||
    cannot "sip-tester and debootstrap cannot be installed"
fi
[ -e "$root/.ready" ] && exit 0

# The mirror of this system; its own suite may be older than the first one with Asterisk 22 (bookworm has none).
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(SITE)' |
  awk '$1 == "Debian" && $2 !~ /security/ { print $2; exit }')
[ -n "$mirror" ] || cannot "apt knows no Debian mirror"

probe=$(mktemp -d)
trap 'rm -rf "$probe" "$root.new"' EXIT
suite=
for candidate in stable testing unstable; do
  rm -rf "$probe"
  mkdir -p "$probe/lists/partial" "$probe/cache/archives/partial"
  echo "deb [signed-by=$keyring] $mirror $candidate main" >"$probe/sources.list"
  set -- -o Dir::Etc::sourcelist="$probe/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$probe/lists" -o Dir::Cache="$probe/cache"
  thrice apt-get "$@" update -qq >/dev/null 2>&1 || continue
  if apt-cache "$@" policy asterisk | grep -q 'Candidate: [0-9]'; then
    suite=$candidate
    break
  fi
done
[ -n "$suite" ] || cannot "no suite of the package mirror has Asterisk"

bootstrap() {
  rm -rf "$root.new"
  debootstrap --variant=minbase --keyring="$keyring" "$suite" "$root.new" "$mirror" \
    /usr/share/debootstrap/scripts/sid >"$lab/debootstrap.log" 2>&1
}
thrice bootstrap ||
  cannot "debootstrap failed: see $lab/debootstrap.log"
printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d"  # packages start nothing
chmod 755 "$root.new/usr/sbin/policy-rc.d"
for file in /etc/resolv.conf /etc/hosts; do
  [ ! -e "$file" ] || cp -L "$file" "$root.new$file"
done
# A proxy for packages set in apt's own configuration holds for the chroot too.
apt-config dump | grep -i '^Acquire::https\?::proxy' >"$root.new/etc/apt/apt.conf.d/90proxy" || true
thrice chroot "$root.new" apt-get install -y -qq --no-install-recommends \
  asterisk asterisk-modules asterisk-config asterisk-core-sounds-en-gsm >"$lab/install.log" 2>&1 ||
  cannot "Asterisk cannot be installed: see $lab/install.log"
chroot "$root.new" apt-get clean
rm -rf "$root.new"/var/lib/apt/lists/*
chroot "$root.new" /usr/sbin/asterisk -V >&2
touch "$root.new/.ready"
rm -rf "$root"
mv "$root.new" "$root"
