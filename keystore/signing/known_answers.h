// Known-answer tests of every algorithm, run at start before anything is signed.
#pragma once

#include <optional>
#include <span>

#include "protocol/base/bytes.h"
#include "protocol/jose/algorithm.h"

namespace signet {

struct KnownAnswer {
  JwsAlgorithm algorithm{};
  ByteSpan key;  // as load_private_key reads it
  ByteSpan message;
  ByteSpan signature;  // what must come out; for randomised algorithms: what must verify. Empty: signs and verifies
};

// The published vectors: RFC 8032 7.1, RFC 4231 4.7, RFC 7515 A.2 and A.3.
std::span<const KnownAnswer> known_answers();

// known_answer_holds signs, compares or verifies. Blocks for a few milliseconds (RSA).
bool known_answer_holds(const KnownAnswer& known);

// failing_known_answer: the first algorithm that does not give its answer; nothing when all do.
std::optional<JwsAlgorithm> failing_known_answer();

}  // namespace signet
