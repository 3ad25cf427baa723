#include "keystore/grants/rotation_request.h"

#include "protocol/base/check.h"

namespace signet {

void TextList::add(std::string_view text) {
  SIGNET_CHECK(count_ < kMax);
  texts_[count_++].assign(text);
}

}  // namespace signet
