/* A PKCS#11 module for tests: SoftHSM, made slow and faulty by a file whose name is in SIGNET_FAULTY_PKCS11. Its lines
 * are read at each call: sign_ms N    each signature takes so long sign_rv N    C_SignInit gives this return value
 *   open_rv N    C_OpenSession likewise
 *   login_rv N   C_Login likewise
 *   garble 1     signatures have a wrong bit
 *   absent 1     no slot has a token
 * C_Login calls are counted in the file's sibling with the ending .logins. */
#define _POSIX_C_SOURCE 200809L /* nanosleep, in a strict C11 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"

static CK_FUNCTION_LIST functions;
static CK_FUNCTION_LIST* real;

static unsigned long setting(const char* name) {
  const char* path = getenv("SIGNET_FAULTY_PKCS11");
  FILE* file = path == NULL ? NULL : fopen(path, "re");
  unsigned long found = 0;
  char line_name[32];
  unsigned long value = 0;
  if (file == NULL) return 0;
  while (fscanf(file, "%31s %lu", line_name, &value) == 2) {
    if (strcmp(line_name, name) == 0) found = value;
  }
  fclose(file);
  return found;
}

static void sleep_ms(unsigned long ms) {
  struct timespec time = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000L};
  nanosleep(&time, NULL);
}

/* There only under LeakSanitizer. SoftHSM reads the name of an Edwards curve at each C_SignInit and never frees it. */
extern void __lsan_disable(void) __attribute__((weak));
extern void __lsan_enable(void) __attribute__((weak));

static CK_RV leaky_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  if (__lsan_disable != NULL) __lsan_disable();
  const CK_RV rv = real->C_SignInit(session, mechanism, key);
  if (__lsan_enable != NULL) __lsan_enable();
  return rv;
}

static CK_RV faulty_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM_PTR mechanism, CK_OBJECT_HANDLE key) {
  const unsigned long rv = setting("sign_rv");
  return rv != 0 ? rv : leaky_sign_init(session, mechanism, key);
}

static CK_RV faulty_sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG data_size, CK_BYTE_PTR signature,
                         CK_ULONG_PTR signature_size) {
  sleep_ms(setting("sign_ms"));
  const CK_RV rv = real->C_Sign(session, data, data_size, signature, signature_size);
  if (rv == CKR_OK && setting("garble") != 0) signature[*signature_size / 2] ^= 1;
  return rv;
}

static CK_RV faulty_open_session(CK_SLOT_ID slot, CK_FLAGS flags, CK_VOID_PTR application, CK_NOTIFY notify,
                                 CK_SESSION_HANDLE_PTR session) {
  const unsigned long rv = setting("open_rv");
  return rv != 0 ? rv : real->C_OpenSession(slot, flags, application, notify, session);
}

static CK_RV faulty_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_UTF8CHAR_PTR pin, CK_ULONG pin_size) {
  const char* path = getenv("SIGNET_FAULTY_PKCS11");
  const unsigned long rv = setting("login_rv");
  if (path != NULL) {
    char name[4096];
    snprintf(name, sizeof name, "%s.logins", path);
    FILE* file = fopen(name, "ae");
    if (file != NULL) {
      fputs("login\n", file);
      fclose(file);
    }
  }
  return rv != 0 ? rv : real->C_Login(session, user, pin, pin_size);
}

static CK_RV faulty_slot_list(unsigned char present, CK_SLOT_ID_PTR slots, CK_ULONG_PTR count) {
  if (setting("absent") != 0) {
    *count = 0;
    return CKR_OK;
  }
  return real->C_GetSlotList(present, slots, count);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list) {
  void* library = dlopen(SOFTHSM, RTLD_NOW | RTLD_LOCAL);
  CK_C_GetFunctionList get = NULL;
  if (library == NULL) return CKR_GENERAL_ERROR;
  *(void**)&get = dlsym(library, "C_GetFunctionList");
  if (get == NULL || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  functions = *real;
  functions.C_SignInit = faulty_sign_init;
  functions.C_Sign = faulty_sign;
  functions.C_OpenSession = faulty_open_session;
  functions.C_Login = faulty_login;
  functions.C_GetSlotList = faulty_slot_list;
  *list = &functions;
  return CKR_OK;
}
