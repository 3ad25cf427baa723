// IndexingListener: publishes revocations into an index, as the keystore does.
#pragma once

#include "keystore/revocation/revocation_index.h"
#include "tests/keystore/store/store_harness.h"

namespace signet::store {

class IndexingListener : public RecordingListener {
 public:
  explicit IndexingListener(RevocationIndex& index) : index_(index) {}
  void committed(std::span<const StoreChange> what, std::function<void()> published) override {
    for (const StoreChange& change : what) {
      if (const auto* put = std::get_if<RevocationPut>(&change)) index_.add(put->row.revocation);
    }
    RecordingListener::committed(what, std::move(published));
  }

 private:
  RevocationIndex& index_;
};

}  // namespace signet::store
