// With which max-age key sets have been served. A copy that a verifier took a moment before a key was published does
// not have that key, and is good for as long as was said then: the largest such time, a configuration that has changed
// since included, is what the lead of a key waits for.
#pragma once

#include "keystore/store/transaction.h"

namespace signet::store {

// largest_served_max_age: of the copies that may be in use now, seconds. Committer thread.
uint32_t largest_served_max_age(Transaction& transaction);
// note_served_max_age: key sets are served with `max_age_s` from this commit on. Writes nothing when they were already.
void note_served_max_age(Transaction& transaction, uint32_t max_age_s);

}  // namespace signet::store
