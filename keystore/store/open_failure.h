// Messages of a store that does not open: what is wrong, and what to do.
#pragma once

#include <expected>
#include <string>

#include "keystore/store/database.h"
#include "keystore/store/mark.h"
#include "keystore/store/store.h"

namespace signet::store {

std::unexpected<StoreOpenFailure> open_failure(StoreOpenError kind, std::string text);
std::unexpected<StoreOpenFailure> not_found(const std::string& data);
std::unexpected<StoreOpenFailure> in_use(const std::string& data);
std::unexpected<StoreOpenFailure> other_version(const std::string& data, uint32_t found, uint32_t known);
std::unexpected<StoreOpenFailure> other_vault(const std::string& data);
std::unexpected<StoreOpenFailure> store_gone(const std::string& data, uint64_t marked);
std::unexpected<StoreOpenFailure> behind_mark(const std::string& data, uint64_t found, uint64_t marked);
std::unexpected<StoreOpenFailure> disagrees_with_mark(const std::string& data, uint64_t marked);
std::unexpected<StoreOpenFailure> failure_of(const std::string& data, MarkError error);
// The same of the second mark, `anchor`.
std::unexpected<StoreOpenFailure> anchor_failure_of(const std::string& anchor, MarkError error);
std::unexpected<StoreOpenFailure> anchor_of_another_store(const std::string& data, const std::string& anchor);
std::unexpected<StoreOpenFailure> behind_anchor(const std::string& data, const std::string& anchor, uint64_t found,
                                                uint64_t marked);
std::unexpected<StoreOpenFailure> disagrees_with_anchor(const std::string& data, const std::string& anchor,
                                                        uint64_t marked);
std::unexpected<StoreOpenFailure> failure_of(const std::string& data, const DatabaseError& error);
std::unexpected<StoreOpenFailure> damaged(const std::string& data, const std::string& what);
std::unexpected<StoreOpenFailure> io_failed(const std::string& what);  // appends errno's text

}  // namespace signet::store
