// The rules of rotation (RFC 9700 2.2.2 and 4.14.2: a refresh token is used once; one used twice tells of theft), with
// a grace window for the client that lost its answer. Pure: times are the store's service clock, in which time without
// service does not count.
#pragma once

#include <cstdint>

#include "protocol/oauth/refresh_token.h"

namespace signet {

// What a family's row knows of its tokens.
struct RotationState {
  uint32_t sequence = 1;    // of the current token
  uint8_t key_version = 1;  // of the current token
  RefreshHash current_hash{};
  RefreshHash previous_hash{};    // of token sequence - 1; meaningless at sequence 1
  RefreshSalt salt{};             // that the current secret was derived with; meaningless at sequence 1
  int64_t rotated_ms = 0;         // service time at which `sequence` came; meaningless at 1
  int64_t rotated_before_ms = 0;  // at which `sequence - 1` came; meaningless below 3
  bool operator==(const RotationState&) const = default;
};

// The service clock as it stands and as this start found it, and the grace window.
struct RotationTime {
  int64_t now_ms = 0;
  int64_t opened_ms = 0;
  int64_t window_ms = 0;
};

enum class Ruling : uint8_t {
  kRotate,       // the current token: a successor takes its place
  kRepeat,       // the one before, inside the window: its successor again, nothing changes
  kWrongSecret,  // refuse; nothing changes
  kOvertaken,    // two back, both rotations inside the window: refuse; nothing changes
  kReuse,        // an older one, or the one before outside the window: refuse, and the family ends
  kRolledBack,   // newer than anything the row knows of: the store is older than what it has answered; refuse
  kExhausted,    // the last sequence there is; refuse
};

// judge_rotation decides about a token whose MAC holds, by its sequence and the hash of its secret.
//
// A rotation that is younger than one window when a start finds it counts as made at that start: the client that lost
// its answer with the daemon has the whole window from `ready` on. An event is inside the window when less than
// window_ms have passed since. Hashes are compared in constant time. Any thread, does not allocate.
Ruling judge_rotation(const RotationState& state, uint32_t sequence, const RefreshHash& hash, const RotationTime& time);

}  // namespace signet
