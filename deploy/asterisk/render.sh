#!/bin/sh
# Writes Asterisk's configuration from templates/ with the values of the environment.
#
#   render.sh FOLDER
#
# Asterisk cannot read the environment by itself. Used by the container (entrypoint.sh) and by the lab of the
# tests, so that both run one configuration. Every name below may be set; ARI_PASSWORD and TRUNK_HOST must be.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=$1

: "${ARI_PASSWORD:?a password for the ARI user, e.g. from openssl rand -hex 24}"
: "${TRUNK_HOST:?address of the SIP trunk, e.g. sip.example.com or 192.0.2.10:5060}"
ARI_USER=${ARI_USER:-callcenter}
HTTP_BIND=${HTTP_BIND:-127.0.0.1}       # ARI can place calls at your cost: never on a public address
HTTP_PORT=${HTTP_PORT:-8088}
SIP_BIND=${SIP_BIND:-0.0.0.0:5060}
RTP_START=${RTP_START:-10000}
RTP_END=${RTP_END:-10999}
TRUNK_NAME=${TRUNK_NAME:-trunk}
TRUNK_USER=${TRUNK_USER:-}
TRUNK_PASSWORD=${TRUNK_PASSWORD:-}
APPLICATION=${APPLICATION:-callcenter}
CONTEXT=${CONTEXT:-callcenter}
MESSAGE_SOUND=${MESSAGE_SOUND:-callcenter/abandoned}
HOLD_FOLDER=${HOLD_FOLDER:-/usr/share/asterisk/moh}
RUN_FOLDER=${RUN_FOLDER:-/var/run/asterisk}
LOG_FOLDER=${LOG_FOLDER:-/var/log/asterisk}
SPOOL_FOLDER=${SPOOL_FOLDER:-/var/spool/asterisk}
DATABASE_FOLDER=${DATABASE_FOLDER:-/var/lib/asterisk}
CONFIG_FOLDER=${CONFIG_FOLDER:-/etc/asterisk}
# A trunk that registers or asks for a password; without a user it is known by its address alone.
TRUNK_AUTH_LINE=
[ -z "$TRUNK_USER" ] || TRUNK_AUTH_LINE="outbound_auth=$TRUNK_NAME-auth"

case $ARI_PASSWORD$TRUNK_PASSWORD in
  *[';']*) echo "a password with ; in it: Asterisk reads what follows as a comment" >&2; exit 2 ;;
esac

mkdir -p "$target"
umask 077
for template in "$here"/templates/*.conf; do
  script=
  for name in ARI_USER ARI_PASSWORD HTTP_BIND HTTP_PORT SIP_BIND RTP_START RTP_END TRUNK_NAME TRUNK_HOST TRUNK_AUTH_LINE \
    APPLICATION CONTEXT MESSAGE_SOUND HOLD_FOLDER RUN_FOLDER LOG_FOLDER SPOOL_FOLDER \
    DATABASE_FOLDER CONFIG_FOLDER; do
    eval "value=\$$name"
    # sed's own characters in a password are letters like any other.
    value=$(printf '%s' "$value" | sed -e 's/[\\&|]/\\&/g')
    script="$script;s|@$name@|$value|g"
  done
  sed -e "${script#;}" "$template" >"$target/$(basename "$template")"
done

if [ -n "${EXTERNAL_ADDRESS:-}" ]; then
  printf 'external_signaling_address=%s\nexternal_media_address=%s\nlocal_net=10.0.0.0/8\nlocal_net=172.16.0.0/12\n' \
    "$EXTERNAL_ADDRESS" "$EXTERNAL_ADDRESS" >"$target/pjsip_nat.conf"
fi

if [ -n "$TRUNK_USER" ]; then
  printf '[%s-auth]\ntype=auth\nauth_type=userpass\nusername=%s\npassword=%s\n' \
    "$TRUNK_NAME" "$TRUNK_USER" "$TRUNK_PASSWORD" >"$target/pjsip_trunk_auth.conf"
fi
