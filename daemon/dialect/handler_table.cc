#include "daemon/dialect/datafor/handlers.h"
#include "daemon/dialect/handlers.h"
#include "daemon/dialect/novapost/handlers.h"
#include "daemon/dialect/vcloud/handlers.h"

namespace signet {
namespace {

constexpr DialectHandlerEntry kHandlers[] = {
    {"datafor_generate", datafor_generate},
    {"datafor_list", datafor_list},
    {"datafor_content", datafor_content},
    {"datafor_update", datafor_update},
    {"datafor_delete", datafor_delete},
    {"datafor_delete_batch", datafor_delete_batch},
    {"datafor_personal", datafor_personal},
    {"datafor_personal_config", datafor_personal_config},
    {"novapost_sandbox", novapost_sandbox},
    {"vcloud_token", vcloud_token},
    {"vcloud_register", vcloud_register},
    {"vcloud_device_authorization", vcloud_device_authorization},
    {"vcloud_device_grant", vcloud_device_grant},
    {"vcloud_tokens", vcloud_tokens},
    {"vcloud_token_show", vcloud_token_show},
    {"vcloud_token_delete", vcloud_token_delete},
    {"vcloud_accounts", vcloud_accounts},
    {"vcloud_account_show", vcloud_account_show},
    {"vcloud_account_update", vcloud_account_update},
    {"vcloud_account_delete", vcloud_account_delete},
    {"vcloud_account_revoke", vcloud_account_revoke},
    {"vcloud_org", vcloud_org},
    {"vcloud_log_out", vcloud_log_out},
};

}  // namespace

std::span<const DialectHandlerEntry> dialect_handlers() { return kHandlers; }

}  // namespace signet
