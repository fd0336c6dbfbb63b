#!/bin/sh
# Makes the authority at its first start, gives each node of NODES a token, and serves. The nodes enrol with their tokens at their
# first start and do not look at them later.
set -eu
: "${CLASSES:=/app/lib/*}" "${CA:=/ca}" "${TOKENS:=/tokens}" "${DOMAIN:=mesh.example}" "${ADDRESS:=authority:8520}" "${LISTEN:=0.0.0.0:8520}"

authority() {
    java -cp "$CLASSES" io.chaski.ca.internal.cli.AuthorityCommand "$@" --dir "$CA" --password-file "$PASSWORD_FILE"
}

rm -f "$CA/control.sock" # of a former life: the health check takes it for an authority that serves
[ -n "$(ls -A "$CA")" ] || authority init --domain "$DOMAIN" --address "$ADDRESS"
for node in $NODES; do
    rm -f "$TOKENS/$node"
    (umask 077 && authority token create "chaski://$DOMAIN/node/$node" --valid 1h > "$TOKENS/$node")
done
exec java -cp "$CLASSES" io.chaski.ca.internal.cli.AuthorityCommand serve --dir "$CA" --password-file "$PASSWORD_FILE" \
    --listen "$LISTEN" ${JOIN:+--join "$JOIN"}
