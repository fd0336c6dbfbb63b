#!/bin/sh
# Makes the authority at its first start, gives each node of NODES a token, and serves. A node needs its token until it has enrolled;
# later its certificate counts, and it starts without one too.
set -eu
: "${CLASSES:=/app/lib/*}" "${CA:=/ca}" "${TOKENS:=/tokens}" "${DOMAIN:=mesh.example}" "${ADDRESS:=authority:8520}" "${LISTEN:=0.0.0.0:8520}"

authority() {
    java -cp "$CLASSES" io.chaski.ca.internal.cli.AuthorityCommand "$@" --dir "$CA" --password-file "$PASSWORD_FILE"
}

rm -f "$CA/control.sock" # of a former life: the health check takes it for an authority that serves
[ -n "$(ls -A "$CA")" ] || authority init --domain "$DOMAIN" --address "$ADDRESS"
for node in $NODES; do
    (umask 077 && authority token create "chaski://$DOMAIN/node/$node" --valid 1h > "$TOKENS/.new")
    mv -f "$TOKENS/.new" "$TOKENS/$node" # in one step: who starts meanwhile, or after a failure, finds the one before
done
exec java -cp "$CLASSES" io.chaski.ca.internal.cli.AuthorityCommand serve --dir "$CA" --password-file "$PASSWORD_FILE" \
    --listen "$LISTEN" ${JOIN:+--join "$JOIN"}
