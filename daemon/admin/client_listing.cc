#include "daemon/admin/client_listing.h"

#include <algorithm>
#include <utility>

namespace signet {

void ClientListing::walk(const ClientDirectory& clients, uint32_t tenant, std::string_view after) {
  auto earlier = [](const ClientRecord* a, const ClientRecord* b) { return a->client_id() < b->client_id(); };
  std::vector<const ClientRecord*> heap;  // the greatest id first
  complete_ = true;
  clients.for_each([&](const ClientRecord& client) {
    if (client.tenant() != tenant || client.client_id() <= after) return;
    if (heap.size() == kWindow) {
      complete_ = false;
      if (!earlier(&client, heap.front())) return;
      std::pop_heap(heap.begin(), heap.end(), earlier);
      heap.pop_back();
    }
    heap.push_back(&client);
    std::push_heap(heap.begin(), heap.end(), earlier);
  });
  std::sort_heap(heap.begin(), heap.end(), earlier);
  ids_.clear();
  for (const ClientRecord* client : heap) ids_.emplace_back(client->client_id());
  given_ = 0;
}

ClientListing::Page ClientListing::page(const ClientDirectory& clients, uint32_t tenant, std::string_view after,
                                        size_t count, Clock::time_point now) {
  bool follows = given_ > 0 && tenant == tenant_ && ids_[given_ - 1] == after && now - walked_at_ < kFresh;
  bool enough = complete_ || ids_.size() - given_ >= count;
  if (!follows || !enough) {
    walk(clients, tenant, after);
    tenant_ = tenant;
    walked_at_ = now;
  }
  auto first = ids_.begin() + static_cast<ptrdiff_t>(given_);
  auto last = first + static_cast<ptrdiff_t>(std::min(count, ids_.size() - given_));
  given_ = static_cast<size_t>(last - ids_.begin());
  Page page{.ids = {first, last}, .more = given_ < ids_.size() || !complete_};
  if (!page.more) {  // the end: nothing more will be asked
    ids_ = {};
    given_ = 0;
  }
  return page;
}

}  // namespace signet
