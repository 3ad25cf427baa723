#include "daemon/dialect/datafor/handlers.h"
#include "daemon/dialect/handlers.h"

namespace signet {
namespace {

constexpr DialectHandlerEntry kHandlers[] = {
    {"datafor_generate", datafor_generate}, {"datafor_list", datafor_list},
    {"datafor_content", datafor_content},   {"datafor_update", datafor_update},
    {"datafor_delete", datafor_delete},     {"datafor_delete_batch", datafor_delete_batch},
    {"datafor_personal", datafor_personal}, {"datafor_personal_config", datafor_personal_config},
};

}  // namespace

std::span<const DialectHandlerEntry> dialect_handlers() { return kHandlers; }

}  // namespace signet
