# Completion of signetctl for bash: nouns, verbs and options. A test holds it against the commands themselves.
# Use it by: source tools/completion/signetctl.bash

_signetctl_verbs() {
  case "$1" in
    client) echo "add list show update enable disable remove rotate-secret drop-secret set-password drop-password import" ;;
    api-key) echo "add list remove" ;;
    key) echo "add list import rotate retire plan prove export export-secret" ;;
    token) echo "issue inspect revoke" ;;
    revocation) echo "list" ;;
    family) echo "list show" ;;
    dialect) echo "list check" ;;
    tenant) echo "add list show update remove" ;;
    vault) echo "status init unseal seal slot-add slot-remove check rekey" ;;
    backup) echo "create list verify restore accept stop" ;;
    audit) echo "export prune tail verify" ;;
    clock) echo "accept" ;;
  esac
}

_signetctl_options() {
  local client="--tenant --grant --scope --audience --introspect --alg --ttl --feed --no-feed"
  client+=" --refresh-with-credentials --no-refresh-with-credentials"
  local tenant="--clients-max --ttl-max --key-rotation --automatic-rotation --no-automatic-rotation --rate --burst"
  case "$1" in
    "client add") echo "$client --secret-stdin --password-stdin" ;;
    "client list") echo "--tenant --limit" ;;
    "client show") echo "--tenant" ;;
    "client update") echo "$client" ;;
    "client enable") echo "--tenant" ;;
    "client disable") echo "--tenant" ;;
    "client remove") echo "--tenant --yes" ;;
    "client rotate-secret") echo "--tenant --secret-stdin" ;;
    "client drop-secret") echo "--tenant --all" ;;
    "client set-password") echo "--tenant --stdin" ;;
    "client drop-password") echo "--tenant" ;;
    "client import") echo "--secrets-out --on-conflict --chunk" ;;
    "api-key add") echo "--tenant --name --kind --scope --audience --subject --expires --key-stdin" ;;
    "api-key list") echo "--client --subject --tenant" ;;
    "api-key remove") echo "--tenant --yes" ;;
    "key add") echo "--tenant --alg --audience --dialect --bits --pkcs11 --pkcs11-id" ;;
    "key list") echo "--tenant" ;;
    "key import") echo "--tenant --alg --audience --dialect" ;;
    "key rotate") echo "--tenant --alg --audience --dialect --at --compromised --before-verifiers-know" ;;
    "key retire") echo "--tenant --while-tokens-live --leave-without-key" ;;
    "key plan") echo "--tenant --days" ;;
    "key prove") echo "--since" ;;
    "vault status") echo "" ;;
    "vault init") echo "--key-file --credential --passphrase --shares --shares-out" ;;
    "vault unseal") echo "--key-file --credential --passphrase --share" ;;
    "vault seal") echo "--yes" ;;
    "vault slot-add") echo "--key-file --credential --passphrase --shares --shares-out" ;;
    "vault slot-remove") echo "--yes" ;;
    "vault check") echo "--key-file --credential --passphrase --share" ;;
    "vault rekey") echo "" ;;
    "backup create") echo "--keep" ;;
    "backup list") echo "" ;;
    "backup verify") echo "--backup --key-file --passphrase --share" ;;
    "backup restore")
      echo "--backup --key-file --passphrase --share --revive-tokens --revive-families --replace-anchor --yes" ;;
    "backup accept") echo "--yes" ;;
    "backup stop") echo "" ;;
    "audit export") echo "--before --older-than --out" ;;
    "audit prune") echo "--export --before --older-than --lose-records" ;;
    "audit verify") echo "--file" ;;
    "audit tail") echo "--lines --follow --tenant --what --subject" ;;
    "key export") echo "--tenant --format --jwks" ;;
    "key export-secret") echo "--tenant --out" ;;
    "token issue") echo "--client --tenant --subject --refresh --scope --audience --ttl --claims-stdin" ;;
    "token inspect") echo "--jwks" ;;
    "token revoke") echo "--token-stdin --jti --family --client --subject --tenant --kid --issued-before" ;;
    "revocation list") echo "--tenant --kind --limit" ;;
    "family list") echo "--client --subject --tenant" ;;
    "family show") echo "--tenant" ;;
    "dialect list") echo "--tenant" ;;
    "dialect check") echo "" ;;
    "tenant add") echo "$tenant" ;;
    "tenant list") echo "" ;;
    "tenant show") echo "" ;;
    "tenant update") echo "$tenant" ;;
    "tenant remove") echo "--force --yes" ;;
    "clock accept") echo "" ;;
    "status") echo "" ;;
    "bench") echo "--alg --only --seconds --connections --clients --every --bin-dir" ;;
  esac
}

_signetctl() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD - 1]}"
  local global="--socket --data-dir --json --help" word noun="" verb="" i
  COMPREPLY=()
  case "$previous" in
    --socket | --out | --jwks | --secrets-out)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
    --data-dir | --bin-dir)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return ;;
    --alg)
      mapfile -t COMPREPLY < <(compgen -W "EdDSA Ed25519 ES256 PS256 RS256 HS256 HS384 HS512" -- "$current")
      return ;;
    --grant)
      mapfile -t COMPREPLY < <(compgen -W "client_credentials refresh_token" -- "$current")
      return ;;
    --kind)
      local kinds="token family client subject tenant key token_hash"
      [[ " ${COMP_WORDS[*]} " != *" api-key "* ]] || kinds="api-key vcloud sandbox"
      mapfile -t COMPREPLY < <(compgen -W "$kinds" -- "$current")
      return ;;
    --only)
      mapfile -t COMPREPLY < <(compgen -W "tokens refreshes checks" -- "$current")
      return ;;
    --on-conflict)
      mapfile -t COMPREPLY < <(compgen -W "fail skip update" -- "$current")
      return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    case "$word" in
      --socket | --data-dir) ((i++)) ;;
      -*) ;;
      *)
        if [[ -z $noun ]]; then noun="$word"; elif [[ -z $verb ]]; then verb="$word"; fi ;;
    esac
  done
  if [[ -z $noun ]]; then
    mapfile -t COMPREPLY < <(compgen -W "client api-key key token family revocation dialect tenant vault backup audit clock status bench $global --version" -- "$current")
  elif [[ $noun != status && $noun != bench && -z $verb ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_signetctl_verbs "$noun") --help" -- "$current")
  elif [[ $current == -* ]]; then
    local command="$noun"
    [[ $noun == status || $noun == bench ]] || command="$noun $verb"
    mapfile -t COMPREPLY < <(compgen -W "$(_signetctl_options "$command") $global" -- "$current")
  elif [[ $noun == backup ]]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
  elif [[ "$noun $verb" == "client import" ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

complete -F _signetctl signetctl
