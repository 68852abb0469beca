#!/usr/bin/env bash
# The provider against its own description: schemathesis sends what the description allows, and what it does not, and
# looks for answers that it does not foresee. No answer may be a 5xx.
#
# Usage: tests/schema/run.sh IDP-PROGRAM SCHEMATHESIS-PROGRAM
set -euo pipefail

idp=$(realpath "$1") schemathesis=$(realpath -s "$2")
work=$(mktemp -d)
provider=

finish() {
  [[ -z $provider ]] || { kill "$provider" && wait "$provider"; } 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# A port that was free a moment ago.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export IDP_ISSUER=http://127.0.0.1:$port IDP_LISTEN="[\"127.0.0.1:$port\"]" IDP_STATE_DIR=$work/state IDP_LOG=warn
# All of it comes from one address.
export IDP_LIMITS__ENABLED=false IDP_REGISTRATION__ENABLED=true IDP_API__ENABLED=true
"$idp" migrate >"$work/told" 2>&1 || { cat "$work/told"; exit 1; }
"$idp" platform add chifeng --redirect-uri https://chifeng.example/callback \
  >"$work/registered.json" 2>"$work/told" || { cat "$work/told"; exit 1; }
secret=$(sed -n 's/.*"client_secret": "\(.*\)".*/\1/p' "$work/registered.json")
"$idp" registration-token issue --uses 1000 --region 150400 --zone eastern >"$work/issued.json" 2>"$work/told" || { cat "$work/told"; exit 1; }
registration=$(sed -n 's/.*"registration_token": "\(.*\)".*/\1/p' "$work/issued.json")
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/operator.key" 2>"$work/told" || { cat "$work/told"; exit 1; }
openssl req -x509 -key "$work/operator.key" -subj /CN=operator -addext keyUsage=critical,digitalSignature -out "$work/operator.pem" 2>"$work/told" || { cat "$work/told"; exit 1; }
"$idp" operator add --cert "$work/operator.pem" --name operator --roles registrar,support,trust,auditor --reason schema >"$work/told" 2>&1 || { cat "$work/told"; exit 1; }
"$idp" serve >"$work/provider.log" 2>&1 &
provider=$!
for _ in $(seq 100); do
  ! curl -sf "$IDP_ISSUER/healthz" >/dev/null || break
  sleep 0.1
done

# A token for the admin API, as docs/ADMIN-API.md gets one.
operator_token() {
  local x5t now head body sign
  b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
  x5t=$(openssl x509 -in "$work/operator.pem" -outform der | openssl dgst -sha256 -binary | b64)
  now=$(date +%s)
  head=$(printf '{"alg":"ES256","x5t#S256":"%s"}' "$x5t" | b64)
  body=$(printf '{"iss":"%s","sub":"%s","aud":"%s","exp":%d,"jti":"%s"}' "$x5t" "$x5t" "$IDP_ISSUER" $((now + 60)) "$(openssl rand -hex 16)" | b64)
  sign=$(printf %s "$head.$body" | openssl dgst -sha256 -sign "$work/operator.key" | openssl asn1parse -inform der |
    awk -F: '/INTEGER/ { printf "%64s", $4 }' | tr ' ' 0 | xxd -r -p | b64)
  curl -sf "$IDP_ISSUER/oauth2/token" -d grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer \
    --data-urlencode "assertion=$head.$body.$sign" | sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p'
}

# Negative data may be taken: an authorization server passes over what it does not know (RFC 6749 §3.1, §3.2).
# 405 is answered before the token is looked at.
status=0
cd "$work"
try() {
  local described=$1
  shift
  "$schemathesis" run "$IDP_ISSUER$described" "$@" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method,allow_header_conformance \
    --phases examples,coverage,fuzzing --max-examples "${YZT_SCHEMA_EXAMPLES:-60}" --seed 1 \
    --continue-on-failure --warnings off --no-color || status=$?
}
try /oauth2/openapi.json --auth "chifeng:$secret" --exclude-path-regex register
try /oauth2/openapi.json --header "Authorization: Bearer $registration" --include-path-regex register
try /api/admin/openapi.json --header "Authorization: Bearer $(operator_token)"
if grep -q panicked "$work/provider.log"; then
  cat "$work/provider.log"
  status=1
fi
exit "$status"
