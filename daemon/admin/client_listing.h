// ClientListing: pages of clients in the order of their ids. The directory is hashed, so an order takes a walk over all
// of it; a walk yields the ids of many pages, kept for the pages that follow at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "keystore/clients/client_directory.h"

namespace signet {

// Thread rule: one reader thread of the directory. Keeps ids, never records: those do not outlive a pass.
class ClientListing {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kWindow = 20'000;          // ids of one walk
  static constexpr std::chrono::seconds kFresh{10};  // how long they are kept for

  struct Page {
    std::vector<std::string> ids;
    bool more = false;  // there are clients after the last one
  };
  // Up to `count` (at most kWindow) ids of `tenant` that follow `after`. Ids kept from an earlier walk serve only the
  // page that follows the last one given, so that a listing that begins sees everything committed before.
  Page page(const ClientDirectory& clients, uint32_t tenant, std::string_view after, size_t count,
            Clock::time_point now);

 private:
  void walk(const ClientDirectory& clients, uint32_t tenant, std::string_view after);

  uint32_t tenant_ = 0;
  Clock::time_point walked_at_{};
  std::vector<std::string> ids_;  // of the last walk
  size_t given_ = 0;              // of ids_, by earlier pages
  bool complete_ = false;         // nothing follows ids_
};

}  // namespace signet
