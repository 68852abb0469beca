#!/usr/bin/env bash
# Makes every certificate of the certification profile with the openssl command: the server's, those of two clients, and a
# lock of a CA of its own. For tests alone: the keys of the CAs lie beside the certificates.
#
# Usage: certificates.sh FOLDER HOST ENTERPRISE CREDIT-CODE PIN-FILE
set -euo pipefail
umask 077

folder=$1 pin=$5
# The configuration below reads them.
export HOST=$2 ENTERPRISE=$3 CREDIT_CODE=$4
mkdir -p "$folder"
cd "$folder"

alternative="DNS:$HOST,DNS:localhost,IP:127.0.0.1"
[[ ! $HOST =~ ^[0-9.]+$ ]] || alternative="IP:$HOST,DNS:localhost,IP:127.0.0.1"
export ALTERNATIVE=$alternative

cat >openssl.cnf <<'TEXT'
[req]
distinguished_name = dn
string_mask = utf8only
[dn]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $ENV::ALTERNATIVE
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
[lock]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, nonRepudiation
# Where CAs of the field write the credit code.
1.2.156.10260.4.1.4 = ASN1:UTF8String:$ENV::CREDIT_CODE
TEXT

# issue NAME ISSUER SECTION SUBJECT: NAME.pem and NAME.key, by ISSUER or, where that is NAME, by itself.
issue() {
  local name=$1 issuer=$2 section=$3 subject=$4 by=()
  [[ $issuer == "$name" ]] || by=(-CA "$issuer.pem" -CAkey "$issuer.key")
  openssl req -x509 -config openssl.cnf -extensions "$section" -utf8 -subj "$subject" -days 365 -sha256 \
    -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$name.key" -out "$name.pem" "${by[@]}" 2>>openssl.log ||
    { cat openssl.log >&2; exit 1; }
}

issue tls-ca tls-ca ca "/CN=Certification TLS CA"
issue server tls-ca server "/CN=$HOST"
issue client-ca client-ca ca "/CN=Certification client CA"
for name in client-1 client-2; do
  issue "$name" client-ca client "/C=CN/O=Certification/CN=$name"
done
issue lock-ca lock-ca ca "/C=CN/O=认证测试CA/CN=认证测试CA"
issue lock lock-ca lock "/C=CN/O=$ENTERPRISE/OU=企业锁/serialNumber=1A1000000000CE870001/CN=投标专用"

# What the provider trusts when it calls a platform: whoever runs a suite adds the suite's certificate.
cp tls-ca.pem trusted.pem

# The lock as the agent wants it: one file, its key under the PIN.
openssl pkcs12 -export -in lock.pem -inkey lock.key -out lock.p12 -passout "file:$pin" 2>>openssl.log ||
  { cat openssl.log >&2; exit 1; }
rm -f lock.key
