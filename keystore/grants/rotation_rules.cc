#include "keystore/grants/rotation_rules.h"

namespace signet {
namespace {

bool inside_window(int64_t rotated_ms, const RotationTime& time) {
  const bool young_at_start = rotated_ms <= time.opened_ms && time.opened_ms - rotated_ms < time.window_ms;
  const int64_t counts_as_ms = young_at_start ? time.opened_ms : rotated_ms;
  return time.now_ms - counts_as_ms < time.window_ms;
}

}  // namespace

Ruling judge_rotation(const RotationState& state, uint32_t sequence, const RefreshHash& hash,
                      const RotationTime& time) {
  if (sequence > state.sequence) return Ruling::kRolledBack;
  const uint32_t back = state.sequence - sequence;
  if (back == 0) {
    if (!constant_time_equal(hash, state.current_hash)) return Ruling::kWrongSecret;
    return sequence == UINT32_MAX ? Ruling::kExhausted : Ruling::kRotate;
  }
  if (back == 1) {
    if (!constant_time_equal(hash, state.previous_hash)) return Ruling::kWrongSecret;
    return inside_window(state.rotated_ms, time) ? Ruling::kRepeat : Ruling::kReuse;
  }
  // What the secret of one further back was is not kept; its MAC shows that it was given out.
  const bool both_inside = inside_window(state.rotated_ms, time) && inside_window(state.rotated_before_ms, time);
  return back == 2 && both_inside ? Ruling::kOvertaken : Ruling::kReuse;
}

}  // namespace signet
