#include "tools/ctl/password_input.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "protocol/base/errno_text.h"
#include "protocol/base/secret_bytes.h"
#include "protocol/base/utf8.h"
#include "tools/ctl/input.h"

namespace signet::ctl {
namespace {

constexpr size_t kPasswordSizeMax = 1024;
constexpr std::array kEndingSignals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

// What the handler below puts back. A person sits at one terminal.
int quiet_terminal = -1;
termios loud_settings;

void put_back_and_end(int signal_number) {
  tcsetattr(quiet_terminal, TCSAFLUSH, &loud_settings);
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

// QuietTerminal: what is typed is not shown while it lives, nor after an end by a signal.
class QuietTerminal {
 public:
  explicit QuietTerminal(int descriptor) : descriptor_(descriptor) {
    if (tcgetattr(descriptor, &loud_settings) != 0) return;
    quiet_terminal = descriptor;
    for (size_t i = 0; i < kEndingSignals.size(); ++i) before_[i] = signal(kEndingSignals[i], put_back_and_end);
    termios quiet = loud_settings;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    quiet.c_lflag |= ECHONL;
    hidden_ = tcsetattr(descriptor, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (quiet_terminal < 0) return;
    tcsetattr(descriptor_, TCSAFLUSH, &loud_settings);
    for (size_t i = 0; i < kEndingSignals.size(); ++i) signal(kEndingSignals[i], before_[i]);
    quiet_terminal = -1;
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  bool hidden() const { return hidden_; }

 private:
  const int descriptor_;
  bool hidden_ = false;
  std::array<void (*)(int), kEndingSignals.size()> before_{};
};

std::expected<std::string, Failure> read_line(std::FILE* from) {
  std::string line;
  for (int c = std::fgetc(from); c != '\n'; c = std::fgetc(from)) {
    if (c == EOF) return std::unexpected(Failure{"no password was given"});
    if (line.size() <= kPasswordSizeMax) line.push_back(static_cast<char>(c));
  }
  return line;
}

std::expected<std::string, Failure> ask_twice(const Streams& streams) {
  const QuietTerminal terminal(fileno(streams.in));
  if (!terminal.hidden()) {
    return std::unexpected(Failure{"the terminal would show the password: " + errno_text(errno)});
  }
  std::fputs("Password: ", streams.err);
  auto first = read_line(streams.in);
  if (!first) return first;
  std::fputs("Once more: ", streams.err);
  auto second = read_line(streams.in);
  if (!second) return second;
  const bool same = *first == *second;
  wipe_text(*second);
  if (!same) return std::unexpected(Failure{"the two passwords differ"});
  return first;
}

std::expected<std::string, Failure> read_stdin(std::FILE* from) {
  auto password = read_all(from, kPasswordSizeMax + 2, "the password on stdin");
  if (!password) return password;
  if (password->ends_with('\n')) password->pop_back();
  if (password->ends_with('\r')) password->pop_back();
  return password;
}

}  // namespace

std::string_view given_password_fault(std::string_view password) {
  if (password.empty() || password.size() > kPasswordSizeMax) return "a password has 1 to 1024 octets";
  if (!valid_utf8(password)) return "a password is UTF-8";
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  return std::ranges::any_of(password, control) ? "a password has no control characters" : "";
}

std::expected<std::string, Failure> read_password(Call& call, bool ask) {
  auto password = ask && call.interactive() ? ask_twice(call.streams()) : read_stdin(call.streams().in);
  if (!password) return password;
  if (const std::string_view fault = given_password_fault(*password); !fault.empty()) {
    return std::unexpected(Failure{std::string(fault)});
  }
  return password;
}

}  // namespace signet::ctl
