// read_numbers: a few integers of a record, where reading all of it would cost more than what is done with them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace signet::store {

struct WantedNumber {
  int field = 0;   // its number in records.proto, of type int64
  int64_t& value;  // left as it was when the record does not have it
};

// Whether `record` is well-formed to its end. Any thread; allocates nothing.
[[nodiscard]] bool read_numbers(std::string_view record, std::initializer_list<WantedNumber> wanted);

}  // namespace signet::store
