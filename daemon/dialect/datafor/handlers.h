// Datafor's endpoints: tokens for embedded pages, signed with the secret of a configuration, and the configurations.
#pragma once

#include "daemon/dialect/dialect_call.h"

namespace signet {

void datafor_generate(DialectCall& call);         // POST .../token/generate
void datafor_list(DialectCall& call);             // GET  .../token/list
void datafor_content(DialectCall& call);          // GET  .../token/content?name=
void datafor_update(DialectCall& call);           // POST .../token/update
void datafor_delete(DialectCall& call);           // POST .../token/delete
void datafor_delete_batch(DialectCall& call);     // POST .../token/deleteBatch
void datafor_personal(DialectCall& call);         // POST .../token/personal
void datafor_personal_config(DialectCall& call);  // GET  .../token/personal/config

}  // namespace signet
