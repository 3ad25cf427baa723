// StoreRecorder: records of issued tokens in the audit log of the store, durable before they are answered.
#pragma once

#include "keystore/grants/issuance_batch.h"
#include "keystore/store/store.h"

namespace signet {

// Any thread.
class StoreRecorder final : public IssuanceRecorder {
 public:
  // The store outlives it.
  explicit StoreRecorder(Store& store) : store_(store) {}
  void record(IssuanceBatch& batch) override { store_.record_issuance(batch); }

 private:
  Store& store_;
};

}  // namespace signet
