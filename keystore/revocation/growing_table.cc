#include "keystore/revocation/growing_table.h"

#include <algorithm>
#include <utility>

namespace signet {

GrowingTable::GrowingTable(QuiescentDomain& domain, size_t capacity, bool with_times)
    : domain_(domain),
      with_times_(with_times),
      state_(std::make_unique<State>(State{std::make_shared<RevocationTable>(capacity, with_times), nullptr})) {}

UnixMs GrowingTable::time_of(RevocationHash hash) const {
  const State& state = state_.load();
  const UnixMs time = state.current->time_of(hash);
  return state.previous == nullptr ? time : std::max(time, state.previous->time_of(hash));
}

void GrowingTable::publish(std::shared_ptr<RevocationTable> current, std::shared_ptr<RevocationTable> previous) {
  state_.publish(std::make_unique<State>(State{std::move(current), std::move(previous)}), domain_);
}

void GrowingTable::reserve(size_t entries) {
  const RevocationTable& current = *state_.load().current;
  const size_t capacity = entries / 4 * 7 + 64;  // four slots of seven, and some are free to come
  if (current.live() != 0 || current.capacity() >= capacity) return;
  publish(std::make_shared<RevocationTable>(capacity, with_times_), nullptr);
}

// Half full with what lives: a table full of what has ended does not grow. At least room for what lives, for what is
// put until then and for what is put while it is copied, at two slots of three.
void GrowingTable::prepare() {
  const RevocationTable& current = *state_.load().current;
  next_for_ = current.live() + current.capacity() / 24 + 1;
  const size_t puts = current.capacity() / kSlotsPerPut + 1;
  next_ = std::make_shared<RevocationTable>(std::max<size_t>({current.live() * 2, (next_for_ + puts) * 3 / 2 + 4, 64}),
                                            with_times_);
  touched_ = 0;
  touching_ = true;
}

void GrowingTable::grow() {
  while (state_.load().previous != nullptr) work(kSlotsPerStep);  // cannot be, for the room left by `prepare`
  if (next_ == nullptr || state_.load().current->live() > next_for_) prepare();  // copied a moment ago, or very small
  while (touching_) touch_next();
  copied_ = 0;
  sweeping_ = false;
  publish(std::exchange(next_, nullptr), state_.load().current);
}

void GrowingTable::touch_next() {
  touched_ = next_->touch(touched_, kOctetsPerPut);
  touching_ = touched_ != 0;
}

bool GrowingTable::put(RevocationHash hash, uint16_t bucket, UnixMs time) {
  // While one is copied, how much lives is not known yet. More than was thought lives where slots were free again.
  if (const State& state = state_.load(); state.previous == nullptr && state.current->nearly_full()) {
    if (next_ == nullptr || state.current->live() > next_for_) prepare();
  }
  if (touching_) touch_next();
  if (state_.load().current->full()) grow();
  const State& state = state_.load();
  const bool known = state.previous != nullptr && state.previous->contains(hash);
  if (known && with_times_) time = std::max(time, state.previous->time_of(hash));
  const bool fresh = state.current->put(hash, bucket, time) && !known;
  if (state.previous != nullptr) work(kSlotsPerPut);
  return fresh;
}

bool GrowingTable::erase(RevocationHash hash) {
  const State& state = state_.load();
  // Copied already, it is in both; not copied yet, it must not be.
  const bool was_in_previous = state.previous != nullptr && state.previous->erase(hash);
  return state.current->erase(hash) || was_in_previous;
}

void GrowingTable::expire(uint16_t ended) {
  ended_ = ended;
  swept_ = 0;
  sweeping_ = true;
}

bool GrowingTable::work(size_t slots) {
  const State& state = state_.load();
  if (state.previous != nullptr) {
    copied_ = state.previous->copy_to(*state.current, copied_, slots, ended_);
    if (copied_ != 0) return true;
    swept_ = 0;
    publish(state.current, nullptr);
  } else if (sweeping_) {
    swept_ = state.current->sweep(swept_, slots, ended_);
    sweeping_ = swept_ != 0;
  }
  return sweeping_;
}

size_t GrowingTable::live() const {
  const State& state = state_.load();
  if (state.previous == nullptr) return state.current->live();
  // Copied front to back, and hashes are even: about so many are still to come.
  const size_t left = state.previous->capacity() - copied_;
  const auto share = static_cast<double>(left) / static_cast<double>(state.previous->capacity());
  return state.current->live() + static_cast<size_t>(static_cast<double>(state.previous->live()) * share);
}

size_t GrowingTable::bytes() const {
  const State& state = state_.load();
  return state.current->bytes() + (state.previous == nullptr ? 0 : state.previous->bytes()) +
         (next_ == nullptr ? 0 : next_->bytes());
}

}  // namespace signet
