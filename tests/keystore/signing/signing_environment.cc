// Starts signing before the first test, as the daemon does before anything else.
#include <gtest/gtest.h>

#include "keystore/signing/lanes/lane_dispatch.h"
#include "keystore/signing/private_key.h"

namespace signet {
namespace {

class SigningEnvironment : public testing::Environment {
 public:
  void SetUp() override {
    ASSERT_TRUE(signing_start()) << signing_start_failure();
    lanes::start_lanes({});
  }
};

const testing::Environment* const environment = testing::AddGlobalTestEnvironment(new SigningEnvironment);

}  // namespace
}  // namespace signet
