// The functions behind the verbs, one file each. Every one parses its arguments first and does nothing before they are
// right. Gives a Failure with the exit status when wrong usage, a refusal or a failure ends it.
#pragma once

#include "tools/ctl/command.h"

namespace signet::ctl {

Outcome client_add(Call& call);
Outcome client_list(Call& call);
Outcome client_show(Call& call);
Outcome client_update(Call& call);
Outcome client_enable(Call& call);
Outcome client_disable(Call& call);
Outcome client_remove(Call& call);
Outcome client_rotate_secret(Call& call);
Outcome client_drop_secret(Call& call);
Outcome client_set_password(Call& call);
Outcome client_drop_password(Call& call);
Outcome client_import(Call& call);
Outcome api_key_add(Call& call);
Outcome api_key_list(Call& call);
Outcome api_key_remove(Call& call);
Outcome key_add(Call& call);
Outcome key_list(Call& call);
Outcome key_import(Call& call);
Outcome key_rotate(Call& call);
Outcome key_retire(Call& call);
Outcome key_plan(Call& call);
Outcome key_prove(Call& call);
Outcome vault_status(Call& call);
Outcome vault_init(Call& call);
Outcome vault_unseal(Call& call);
Outcome vault_seal(Call& call);
Outcome vault_slot_add(Call& call);
Outcome vault_slot_remove(Call& call);
Outcome vault_check(Call& call);
Outcome vault_rekey(Call& call);
Outcome backup_create(Call& call);
Outcome backup_list(Call& call);
Outcome backup_verify(Call& call);
Outcome backup_restore(Call& call);
Outcome backup_accept(Call& call);
Outcome backup_stop(Call& call);
Outcome audit_export(Call& call);
Outcome audit_prune(Call& call);
Outcome audit_tail(Call& call);
Outcome audit_verify(Call& call);
Outcome key_export(Call& call);
Outcome key_export_secret(Call& call);
Outcome token_issue(Call& call);
Outcome token_inspect(Call& call);
Outcome token_revoke(Call& call);
Outcome revocation_list(Call& call);
Outcome dialect_list(Call& call);
Outcome dialect_check(Call& call);
Outcome family_list(Call& call);
Outcome family_show(Call& call);
Outcome tenant_add(Call& call);
Outcome tenant_list(Call& call);
Outcome tenant_show(Call& call);
Outcome tenant_update(Call& call);
Outcome tenant_remove(Call& call);
Outcome clock_accept(Call& call);
Outcome daemon_status(Call& call);
Outcome bench(Call& call);

}  // namespace signet::ctl
