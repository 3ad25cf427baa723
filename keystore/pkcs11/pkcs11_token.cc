#include "keystore/pkcs11/pkcs11_token.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keystore/pkcs11/signing_thread.h"
#include "keystore/vault/durable_file.h"

namespace signet {
namespace {

using namespace std::chrono_literals;
using Kind = Pkcs11Failure::Kind;

constexpr size_t kPinSizeMax = 256;
constexpr auto kBackoffFirst = 250ms;
constexpr auto kBackoffMax = 15s;

std::unexpected<std::string> unusable_pin_file(const std::filesystem::path& path, std::string_view why) {
  return std::unexpected(fmt::format("pkcs11_pin_file {}: {}", path.string(), why));
}

std::expected<LockedBytes, std::string> read_pin(const std::filesystem::path& path) {
  const auto file = read_small_file(path, kPinSizeMax + 1);
  if (!file) {
    switch (file.error()) {
      case FileError::kMissing:
        return unusable_pin_file(path, "there is no such file: write the user PIN of the token into it, mode 0600");
      case FileError::kTooLarge:
        return unusable_pin_file(path, "larger than a PIN can be");
      case FileError::kNotRegular:
        return unusable_pin_file(path, "this is no regular file");
      default:
        return unusable_pin_file(path, "it cannot be read");
    }
  }
  const bool ours = file->status.st_uid == ::geteuid() || file->status.st_uid == 0;
  if (!ours || (file->status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return unusable_pin_file(path, "others may read it: give it to this user or to root, with mode 0600");
  }
  ByteSpan pin = file->bytes.expose();
  while (!pin.empty() && (pin.back() == '\n' || pin.back() == '\r')) pin = pin.first(pin.size() - 1);
  if (pin.empty()) return unusable_pin_file(path, "it is empty: write the user PIN of the token into it");
  auto locked = LockedBytes::copy_of(pin);
  if (!locked) return unusable_pin_file(path, "no locked memory for the PIN: raise RLIMIT_MEMLOCK (LimitMEMLOCK=)");
  return std::move(*locked);
}

}  // namespace

Pkcs11Token::Pkcs11Token(const Pkcs11Settings& settings, Report report)
    : settings_(settings), report_(std::move(report)), queue_(std::make_unique<Queue>(settings.queue_max)) {}

Pkcs11Token::~Pkcs11Token() { stop(); }

std::expected<std::shared_ptr<Pkcs11Token>, std::string> Pkcs11Token::open(const Pkcs11Settings& settings,
                                                                           Report report) {
  auto pin = read_pin(settings.pin_file);
  if (!pin) return std::unexpected(std::move(pin.error()));
  const std::shared_ptr<Pkcs11Token> token(new Pkcs11Token(settings, std::move(report)));
  token->pin_ = std::move(*pin);
  auto module = Pkcs11Module::load(settings.module);
  if (!module) return std::unexpected("pkcs11_module " + module.error().text);
  token->module_ = std::move(*module);
  const auto found = token->module_->find_token(settings.token);
  if (!found) return std::unexpected("pkcs11_token: " + found.error().text);
  if (found->serial.empty()) {
    return std::unexpected(fmt::format(
        "pkcs11_token: the token \"{}\" has no serial number, by which keys are bound to it", found->label));
  }
  token->label_ = found->label;
  token->serial_ = found->serial;
  if (const auto session = token->connect(Pkcs11Session::Access::kRead); !session) {
    const bool pin_refused = session.error().kind == Kind::kPin;
    return std::unexpected(fmt::format(
        "the token \"{}\" (serial {}) cannot be used: {}{}", token->label_, token->serial_, session.error().text,
        pin_refused
            ? fmt::format(": the PIN in {} is wrong, or locked; correct it before the next start, since a token counts "
                          "wrong ones",
                          settings.pin_file.string())
            : std::string()));
  }
  token->up_ = true;
  for (uint32_t i = 0; i < settings.threads; ++i) {
    token->threads_.emplace_back([self = token.get(), i] {
      ::pthread_setname_np(::pthread_self(), fmt::format("pkcs11-{}", i).c_str());
      SigningThread(*self).run();
    });
  }
  return token;
}

// The token may be in another slot than before. Whoever logs in first does it for every session of the process.
Pkcs11Result<Pkcs11Session> Pkcs11Token::connect(Pkcs11Session::Access access) {
  const std::lock_guard lock(mutex_);
  if (pin_refused_) {
    return std::unexpected(
        Pkcs11Failure{Kind::kPin, "the token refused the PIN: correct pkcs11_pin_file and start again"});
  }
  const auto found = module_->find_token(serial_);
  if (!found) return std::unexpected(found.error());
  auto session = Pkcs11Session::open(module_->functions(), found->slot, access);
  if (!session) return session;
  if (session->logged_in()) return session;
  auto login = session->login(pin_.expose());
  if (login) return session;
  pin_refused_ = login.error().kind == Kind::kPin;
  if (pin_refused_) report(Pkcs11Event::kPinRefused, login.error().text);
  return std::unexpected(std::move(login.error()));
}

// Threads find it out one after the other: the first counts.
void Pkcs11Token::lost(const Pkcs11Failure& why) {
  {
    const std::lock_guard lock(mutex_);
    if (!up_.exchange(false)) return;
    backoff_ = backoff_ == 0ms ? kBackoffFirst : std::min<std::chrono::milliseconds>(backoff_ * 2, kBackoffMax);
    backed_off_ = true;
    again_at_ = Steady::now() + backoff_;
  }
  report(Pkcs11Event::kLost, why.text);
}

bool Pkcs11Token::may_try_again() {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || trying_ || pin_refused_ || Steady::now() < again_at_) return false;
  trying_ = true;
  return true;
}

void Pkcs11Token::still_lost() {
  const std::lock_guard lock(mutex_);
  trying_ = false;
  backoff_ = std::min<std::chrono::milliseconds>(backoff_ * 2, kBackoffMax);
  again_at_ = Steady::now() + backoff_;
}

void Pkcs11Token::connected() {
  {
    const std::lock_guard lock(mutex_);
    trying_ = false;
    up_ = true;
  }
  reconnects_.add();
  report(Pkcs11Event::kBack, fmt::format("token {} (serial {})", label_, serial_));
}

// It signs: what was wrong is over. Not before, or a token that connects and never signs would be tried without pause.
void Pkcs11Token::proved() {
  signatures_.add();
  if (!backed_off_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  backoff_ = 0ms;
  backed_off_ = false;
}

void Pkcs11Token::report(Pkcs11Event event, const std::string& text) const {
  if (report_) report_(event, text);
}

bool Pkcs11Token::submit(std::shared_ptr<const TokenKey> key, RemoteSignature& request) {
  const bool room = waiting_.fetch_add(1) < settings_.queue_max;
  if (!room || stopped_.load() || !up_.load(std::memory_order_relaxed)) {
    waiting_.fetch_sub(1);
    refused_.add();
    return false;
  }
  request.keeps = key;
  queue_->requests.enqueue({&request, key.get()});
  return true;
}

// Counted out first: whoever asked may be gone as soon as it is complete.
void Pkcs11Token::complete(RemoteSignature& request, bool made) {
  request.made = made;
  if (!made) failures_.add();
  request.keeps.reset();
  waiting_.fetch_sub(1);
  request.completed();
}

Pkcs11Status Pkcs11Token::status() const {
  const auto read = [](const Counter& counter) { return counter.value.load(std::memory_order_relaxed); };
  return {.label = label_,
          .serial = serial_,
          .up = up_.load(std::memory_order_relaxed),
          .waiting = waiting_.load(std::memory_order_relaxed),
          .signatures = read(signatures_),
          .failures = read(failures_),
          .refused = read(refused_),
          .reconnects = read(reconnects_)};
}

void Pkcs11Token::stop() {
  stopped_ = true;
  for (size_t i = 0; i < threads_.size(); ++i) queue_->requests.enqueue({});  // a wake-up each
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace signet
