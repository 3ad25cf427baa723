// wait_for_store: an asynchronous call waited for, on a thread that may block.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>

#include "keystore/store/store_rows.h"

namespace signet {

// Gives what `begin` calls its completion with. Once the keystore closes, a change that waits for a reader may wait for
// ever: then kUnavailable.
template <typename T>
std::expected<T, StoreError> wait_for_store(const std::atomic<bool>& closing,
                                            const std::function<void(StoreDone<T>)>& begin) {
  constexpr std::chrono::milliseconds kLookForClosing{100};
  auto promise = std::make_shared<std::promise<std::expected<T, StoreError>>>();
  auto result = promise->get_future();
  begin([promise](std::expected<T, StoreError> done) { promise->set_value(std::move(done)); });
  while (result.wait_for(kLookForClosing) != std::future_status::ready) {
    if (closing) return std::unexpected(StoreError{StoreErrorKind::kUnavailable, "the server is shutting down"});
  }
  return result.get();
}

}  // namespace signet
