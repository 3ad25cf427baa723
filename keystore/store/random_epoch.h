// random_feed_epoch: a number that no follower of a feed has seen; never 0.
#pragma once

#include <cstdint>

namespace signet::store {

uint64_t random_feed_epoch();

}  // namespace signet::store
