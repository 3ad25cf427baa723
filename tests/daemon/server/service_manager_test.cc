// Messages to the service manager.
#include "daemon/service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace signet {
namespace {

// A datagram socket that stands for systemd's.
class ServiceManagerTest : public testing::Test {
 protected:
  void TearDown() override {
    ::unsetenv("NOTIFY_SOCKET");
    if (fd_ >= 0) ::close(fd_);
  }

  void listen(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name[0] == '@') address.sun_path[0] = '\0';
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    ASSERT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
  }
  std::string receive() {
    char text[64];
    ssize_t size = ::recv(fd_, text, sizeof text, 0);
    return size < 0 ? "" : std::string(text, static_cast<size_t>(size));
  }

 private:
  int fd_ = -1;
};

TEST_F(ServiceManagerTest, SaysItToASocketFile) {
  std::string path = "/tmp/signet-notify-" + std::to_string(::getpid());
  listen(path);
  EXPECT_TRUE(notify_service_manager("READY=1"));
  EXPECT_EQ(receive(), "READY=1");
  ::unlink(path.c_str());
}

TEST_F(ServiceManagerTest, SaysItToAnAbstractSocket) {
  listen("@signet-notify-" + std::to_string(::getpid()));
  EXPECT_TRUE(notify_service_manager("STOPPING=1"));
  EXPECT_EQ(receive(), "STOPPING=1");
}

TEST_F(ServiceManagerTest, WithoutAManagerNothingHappens) { EXPECT_FALSE(notify_service_manager("READY=1")); }

TEST_F(ServiceManagerTest, OddNamesAreNotUsed) {
  for (std::string name : {std::string(), std::string("/"), std::string("relative"), "/" + std::string(200, 'a')}) {
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    EXPECT_FALSE(notify_service_manager("READY=1")) << name;
  }
}

}  // namespace
}  // namespace signet
