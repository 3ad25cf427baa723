#include <array>

#include "tools/ctl/command.h"
#include "tools/ctl/commands.h"

namespace signet::ctl {
namespace {

constexpr std::array kCommands{
    Command{"client", "add", client_add, "Register a client and print its secret once"},
    Command{"client", "list", client_list, "List the clients of a tenant"},
    Command{"client", "show", client_show, "Show one client"},
    Command{"client", "update", client_update, "Change what a client may do; lists are replaced whole"},
    Command{"client", "enable", client_enable, "Let a disabled client have tokens again"},
    Command{"client", "disable", client_disable, "Give a client no more tokens until it is enabled"},
    Command{"client", "remove", client_remove, "Remove a client for good"},
    Command{"client", "rotate-secret", client_rotate_secret, "Add a new secret; the newest old one stays live"},
    Command{"client", "drop-secret", client_drop_secret, "Drop the older of two secrets"},
    Command{"client", "set-password", client_set_password, "Give a client that stands for a person a password"},
    Command{"client", "drop-password", client_drop_password, "Take a client's password away"},
    Command{"client", "import", client_import, "Register clients from a file of JSON lines or CSV, resumably"},
    Command{"api-key", "add", api_key_add, "Make an API key for a client, or take one over, and print it once"},
    Command{"api-key", "list", api_key_list, "List the API keys of a client, subject or tenant"},
    Command{"api-key", "remove", api_key_remove, "Remove an API key for good"},
    Command{"key", "add", key_add, "Make a signing key"},
    Command{"key", "list", key_list, "List the signing keys of a tenant"},
    Command{"key", "import", key_import, "Take over a signing key that was made elsewhere"},
    Command{"key", "rotate", key_rotate, "Put another key in the place of the one that signs"},
    Command{"key", "retire", key_retire, "End the publication of a key"},
    Command{"key", "plan", key_plan, "Show what happens to the keys by itself, and when"},
    Command{"key", "prove", key_prove, "Show from the audit log that no verifier was ever left without a key"},
    Command{"key", "export", key_export, "Give out the public half of a key, or all published ones"},
    Command{"key", "export-secret", key_export_secret, "Give out an HMAC key for its one resource server"},
    Command{"token", "issue", token_issue, "Issue a token for a client"},
    Command{"token", "inspect", token_inspect, "Show what a token on stdin says; verify it with --jwks"},
    Command{"token", "revoke", token_revoke,
            "End a token, or all that a criterion names and that was issued until now"},
    Command{"revocation", "list", revocation_list, "List what is revoked and may not have expired"},
    Command{"family", "list", family_list, "List refresh families, of a client or subject"},
    Command{"family", "show", family_show, "Show one refresh family"},
    Command{"dialect", "list", dialect_list, "List the dialects that are served"},
    Command{"dialect", "check", dialect_check, "Check the file of a dialect, line by line"},
    Command{"tenant", "add", tenant_add, "Add a tenant with an issuer and keys of its own"},
    Command{"tenant", "list", tenant_list, "List the tenants"},
    Command{"tenant", "show", tenant_show, "Show one tenant and what it may"},
    Command{"tenant", "update", tenant_update, "Change what a tenant may; what is there already stays"},
    Command{"tenant", "remove", tenant_remove, "Remove a tenant"},
    Command{"vault", "status", vault_status, "Show whether the vault is sealed, and its slots"},
    Command{"vault", "init", vault_init, "Make the vault of a daemon that was started with --sealed"},
    Command{"vault", "unseal", vault_unseal, "Open the vault of a sealed daemon"},
    Command{"vault", "seal", vault_seal, "Forget every key: nothing is issued or checked until unseal"},
    Command{"vault", "slot-add", vault_slot_add, "Add a way to open the vault"},
    Command{"vault", "slot-remove", vault_slot_remove, "Remove a way to open the vault"},
    Command{"vault", "check", vault_check, "Tell which slot something opens, without opening anything"},
    Command{"vault", "rekey", vault_rekey, "Give the vault a new root key and seal every secret anew"},
    Command{"audit", "export", audit_export, "Write the front of the audit log to a file that proves itself"},
    Command{"audit", "prune", audit_prune, "Drop the front of the audit log, once it is exported"},
    Command{"audit", "tail", audit_tail, "Show the end of the audit log, and follow it"},
    Command{"audit", "verify", audit_verify, "Find altered, removed and reordered records in the audit log"},
    Command{"backup", "create", backup_create, "Write a backup while the daemon serves"},
    Command{"backup", "list", backup_list, "List the backups in a directory"},
    Command{"backup", "verify", backup_verify, "Read a backup again and find what was altered or is missing"},
    Command{"backup", "restore", backup_restore, "Make a data directory of a backup, and end what it must not revive"},
    Command{"backup", "accept", backup_accept, "Let API tokens hold again that a restore suspended"},
    Command{"backup", "stop", backup_stop, "End a backup that is being made"},
    Command{"clock", "accept", clock_accept, "Accept the clock after a jump that stopped expiry"},
    Command{"status", "", daemon_status, "Show the state of the daemon and its store"},
    Command{"bench", "", bench, "Measure this machine: tokens, refreshes and checks a second for each algorithm"},
};

}  // namespace

std::span<const Command> all_commands() { return kCommands; }

}  // namespace signet::ctl
