// Files with one secret in them.
#include "daemon/secret_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace signet {
namespace {

class SecretFileTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/signet-secret-XXXXXX";
    directory_ = ::mkdtemp(name);
    path_ = directory_ + "/secret";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
  std::string path_;
};

TEST_F(SecretFileTest, WhatWasWrittenIsReadAndNobodyElseMay) {
  EXPECT_EQ(write_secret_file(path_, "first"), "");
  EXPECT_EQ(write_secret_file(path_, "second"), "");
  EXPECT_EQ(*read_secret_file(path_), "second");
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(SecretFileTest, NoFileIsNoSecret) { EXPECT_EQ(*read_secret_file(path_), ""); }

TEST_F(SecretFileTest, OneThatOthersMayReadIsRefused) {
  ASSERT_EQ(write_secret_file(path_, "marker"), "");
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  auto read = read_secret_file(path_);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().find("marker"), std::string::npos);
  EXPECT_NE(read.error().find("0600"), std::string::npos);
}

TEST_F(SecretFileTest, ALinkIsNotFollowed) {
  ASSERT_EQ(::symlink("/etc/hostname", path_.c_str()), 0);
  EXPECT_FALSE(read_secret_file(path_).has_value());
}

TEST_F(SecretFileTest, ADirectoryThatIsNotThereIsAnError) {
  EXPECT_NE(write_secret_file(directory_ + "/none/secret", "x"), "");
}

}  // namespace
}  // namespace signet
