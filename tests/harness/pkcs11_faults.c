/*
 * A PKCS #11 library that passes everything on to another one, and errs where it is told to.
 *
 * YZT_TEST_PKCS11 names the other. YZT_TEST_FAULTS names a folder: a file there that is called like a function holds what
 * that answers: a number, "hang" (until the file is gone) or "flip" (a signature with one bit changed); with " once" behind
 * it, the next time only. Calls are counted in files called like the function with ".calls" behind it, an octet each.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long word;
typedef word (*any)(void);

/* CK_FUNCTION_LIST of version 2.40: the functions in the order of the standard. */
struct list {
    unsigned char version[2];
    any functions[68];
};

enum { OPEN_SESSION = 12, LOGIN = 18, DESTROY_OBJECT = 22, SIGN_INIT = 42, SIGN = 43, GENERATE_KEY_PAIR = 59 };

static struct list *other;
static struct list ours;

static void path(char *to, size_t size, const char *name, const char *end) {
    snprintf(to, size, "%s/%s%s", getenv("YZT_TEST_FAULTS"), name, end);
}

/* What is to be answered; 0: pass it on. */
static word fault(const char *name, int *flip) {
    char file[4096], told[64] = "";
    path(file, sizeof file, name, ".calls");
    FILE *calls = fopen(file, "a");
    if (calls) {
        fputc('.', calls);
        fclose(calls);
    }
    path(file, sizeof file, name, "");
    FILE *found = fopen(file, "r");
    if (!found) {
        return 0;
    }
    size_t length = fread(told, 1, sizeof told - 1, found);
    told[length] = 0;
    fclose(found);
    if (strstr(told, "once")) {
        unlink(file);
    }
    if (!strncmp(told, "hang", 4)) {
        while (!access(file, F_OK)) {
            usleep(20000);
        }
        return 0;
    }
    if (!strncmp(told, "flip", 4)) {
        *flip = 1;
        return 0;
    }
    return strtoul(told, NULL, 0);
}

static word open_session(word slot, word flags, void *application, void *notify, word *session) {
    int flip = 0;
    word answer = fault("C_OpenSession", &flip);
    typedef word (*function)(word, word, void *, void *, word *);
    return answer ? answer : ((function)other->functions[OPEN_SESSION])(slot, flags, application, notify, session);
}

static word login(word session, word user, unsigned char *pin, word length) {
    int flip = 0;
    word answer = fault("C_Login", &flip);
    typedef word (*function)(word, word, unsigned char *, word);
    return answer ? answer : ((function)other->functions[LOGIN])(session, user, pin, length);
}

static word destroy_object(word session, word object) {
    int flip = 0;
    word answer = fault("C_DestroyObject", &flip);
    typedef word (*function)(word, word);
    return answer ? answer : ((function)other->functions[DESTROY_OBJECT])(session, object);
}

static word sign_init(word session, void *mechanism, word key) {
    int flip = 0;
    word answer = fault("C_SignInit", &flip);
    typedef word (*function)(word, void *, word);
    return answer ? answer : ((function)other->functions[SIGN_INIT])(session, mechanism, key);
}

static word sign(word session, unsigned char *data, word length, unsigned char *signature, word *signature_length) {
    int flip = 0;
    /* The first call asks for the length alone. */
    word answer = signature ? fault("C_Sign", &flip) : 0;
    typedef word (*function)(word, unsigned char *, word, unsigned char *, word *);
    if (!answer) {
        answer = ((function)other->functions[SIGN])(session, data, length, signature, signature_length);
    }
    if (!answer && flip) {
        signature[0] ^= 1;
    }
    return answer;
}

static word generate_key_pair(word session, void *mechanism, void *public, word public_count, void *private,
                              word private_count, word *public_key, word *private_key) {
    int flip = 0;
    word answer = fault("C_GenerateKeyPair", &flip);
    typedef word (*function)(word, void *, void *, word, void *, word, word *, word *);
    return answer ? answer
                  : ((function)other->functions[GENERATE_KEY_PAIR])(session, mechanism, public, public_count, private,
                                                                   private_count, public_key, private_key);
}

word C_GetFunctionList(struct list **list) {
    if (!other) {
        void *library = dlopen(getenv("YZT_TEST_PKCS11"), RTLD_NOW | RTLD_LOCAL);
        word (*get)(struct list **) = library ? (word(*)(struct list **))dlsym(library, "C_GetFunctionList") : NULL;
        if (!get || get(&other)) {
            return 5;
        }
        ours = *other;
        ours.functions[OPEN_SESSION] = (any)open_session;
        ours.functions[LOGIN] = (any)login;
        ours.functions[DESTROY_OBJECT] = (any)destroy_object;
        ours.functions[SIGN_INIT] = (any)sign_init;
        ours.functions[SIGN] = (any)sign;
        ours.functions[GENERATE_KEY_PAIR] = (any)generate_key_pair;
    }
    *list = &ours;
    return 0;
}
