#include "keystore/store/record_numbers.h"

#include <algorithm>

#include "keystore/store/records.h"

namespace signet::store {

bool read_numbers(std::string_view record, std::initializer_list<WantedNumber> wanted) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(record.data()),
                                            static_cast<int>(record.size()));
  while (const uint32_t tag = in.ReadTag()) {
    const auto is_it = [&](const WantedNumber& one) {
      return tag == WireFormatLite::MakeTag(one.field, WireFormatLite::WIRETYPE_VARINT);
    };
    const auto* found = std::ranges::find_if(wanted, is_it);
    if (found == wanted.end()) {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
    } else {
      uint64_t value = 0;
      if (!in.ReadVarint64(&value)) return false;
      found->value = static_cast<int64_t>(value);
    }
  }
  return in.ConsumedEntireMessage();
}

}  // namespace signet::store
