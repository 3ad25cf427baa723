#include "keystore/keys/tenant_limits.h"

#include <gtest/gtest.h>

#include "keystore/keys/key_schedule.h"
#include "protocol/jwt/access_token.h"

namespace signet {
namespace {

TEST(TenantLimits, NoneIsGood) { EXPECT_EQ(tenant_limits_fault({}), ""); }

TEST(TenantLimits, WhatIsOutOfBoundsIsNamed) {
  EXPECT_EQ(tenant_limits_fault({.ttl_max_s = kAccessTokenLifetimeMaxS}), "");
  EXPECT_TRUE(tenant_limits_fault({.ttl_max_s = kAccessTokenLifetimeMaxS + 1}).starts_with("ttl_max_s:"));
  EXPECT_EQ(tenant_limits_fault({.key_rotation_s = kKeyPeriodMinS}), "");
  EXPECT_TRUE(tenant_limits_fault({.key_rotation_s = kKeyPeriodMinS - 1}).starts_with("key_rotation_s:"));
  EXPECT_TRUE(tenant_limits_fault({.key_rotation_s = 1}).starts_with("key_rotation_s:"));
  EXPECT_TRUE(tenant_limits_fault({.key_rotation_s = kTenantKeyRotationMaxS + 1}).starts_with("key_rotation_s:"));
  EXPECT_EQ(tenant_limits_fault({.rate_per_s = kTenantRateMax, .burst = kTenantRateMax}), "");
  EXPECT_TRUE(tenant_limits_fault({.rate_per_s = kTenantRateMax + 1}).starts_with("rate_per_s:"));
  EXPECT_TRUE(tenant_limits_fault({.rate_per_s = 1, .burst = kTenantRateMax + 1}).starts_with("burst:"));
  EXPECT_TRUE(tenant_limits_fault({.burst = 1}).starts_with("burst:")) << "of no rate";
}

TEST(TenantLimits, TheLongestLifetimeIsTheShorterOfTheTwo) {
  EXPECT_EQ(longest_ttl_s({}, 900), 900u);
  EXPECT_EQ(longest_ttl_s({.ttl_max_s = 60}, 900), 60u);
  EXPECT_EQ(longest_ttl_s({.ttl_max_s = 3600}, 900), 900u) << "a tenant cannot allow more than the installation";
}

TEST(TenantLimits, AChangeLeavesWhatItDoesNotName) {
  const TenantLimits all{
      .clients_max = 1, .ttl_max_s = 2, .key_rotation_s = 3600, .key_rotation_off = true, .rate_per_s = 4, .burst = 5};
  EXPECT_EQ(changed_limits(all, {}), all);
  TenantLimits wanted = all;
  wanted.key_rotation_off = false;
  EXPECT_EQ(changed_limits(all, {.key_rotation_off = false}), wanted);
  wanted.clients_max = 0;
  EXPECT_EQ(changed_limits(all, {.clients_max = 0, .key_rotation_off = false}), wanted) << "0 is a value";
}

}  // namespace
}  // namespace signet
