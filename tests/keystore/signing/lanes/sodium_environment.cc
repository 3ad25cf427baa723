// libsodium is started before the first test.
#include <gtest/gtest.h>
#include <sodium.h>

namespace {

class SodiumEnvironment : public testing::Environment {
 public:
  void SetUp() override { ASSERT_GE(sodium_init(), 0); }
};

const testing::Environment* const environment = testing::AddGlobalTestEnvironment(new SodiumEnvironment);

}  // namespace
