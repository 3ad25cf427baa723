#include "keystore/store/database_implementation.h"

namespace signet::store {

DatabaseError error_of(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  auto kind = DatabaseErrorKind::kIo;
  if (status.IsCorruption()) kind = DatabaseErrorKind::kDamaged;
  if (status.IsNoSpace()) kind = DatabaseErrorKind::kNoSpace;
  if (status.IsPathNotFound() || text.find("does not exist") != std::string::npos) kind = DatabaseErrorKind::kNotFound;
  // RocksDB has no code for these two.
  if (status.IsIOError() && text.find("lock ") != std::string::npos) kind = DatabaseErrorKind::kInUse;
  if (status.IsInvalidArgument() && text.find("olumn famil") != std::string::npos) {
    kind = DatabaseErrorKind::kOtherFamilies;
  }
  return {kind, text};
}

}  // namespace signet::store
