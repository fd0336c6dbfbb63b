# Makes the files of this folder anew.
set -eu
trap 'rm -rf tmp root.key issuing.key namesake.key second.key third.key' EXIT
mkdir tmp
: > tmp/index
cat > tmp/ca.cnf << 'END'
[ca]
default_ca = it
[it]
database = tmp/index
new_certs_dir = tmp
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
organizationName = supplied
commonName = supplied
END

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"; }

sign() { # name, key of it, more options; extensions come from tmp/ext
  openssl req -new -key "$2.key" -subj "/O=Plant 7/CN=${common_name:-$1}" -out tmp/request
  name=$1
  shift 2
  openssl ca -batch -config tmp/ca.cnf -in tmp/request -extfile tmp/ext -out "$name.pem" \
    -startdate 20200101000000Z -enddate 20790101000000Z "$@"
}

authority() {
  key "$1"
  printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n' > tmp/ext
  name=$1
  shift
  sign "$name" "$name" -notext "$@"
}

leaf() { # name, key of it, usages, identity, authority
  printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$3" "$4" > tmp/ext
  sign "$1" "$2" -cert "$5.pem" -keyfile "$5.key"
}

authority root -selfsign -keyfile root.key
authority issuing -cert root.pem -keyfile root.key
common_name=issuing authority namesake -cert root.pem -keyfile root.key
authority second -cert issuing.pem -keyfile issuing.key
authority third -cert second.pem -keyfile second.key
key mill
leaf mill mill serverAuth,clientAuth URI:https://plant-7.example/mill issuing
leaf server-only mill serverAuth URI:https://plant-7.example/mill issuing
leaf below-second mill serverAuth,clientAuth URI:https://plant-7.example/mill second
leaf below-third mill serverAuth,clientAuth URI:https://plant-7.example/mill third
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out press.key
leaf press press serverAuth,clientAuth DNS:press.plant-7.example issuing

openssl pkey -in mill.key -traditional -out mill-sec1.key
openssl pkey -in press.key -traditional -out press-pkcs1.key
openssl pkcs8 -topk8 -in mill.key -v2 aes256 -passout pass:secret -out mill-encrypted.key
(umask 077 && cat mill.key > mill-openssh.key)
ssh-keygen -p -N '' -f mill-openssh.key
openssl genpkey -algorithm ED25519 -out ed25519.key
openssl pkcs12 -export -inkey mill.key -in mill.pem -certfile issuing.pem -passout pass:secret -out tmp/p12
openssl pkcs12 -nodes -passin pass:secret -in tmp/p12 -out mill-from-pkcs12.pem
