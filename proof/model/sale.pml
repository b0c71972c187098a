/* The sale, as a model that spin goes through completely. See README.md beside it.
 *
 * Each `atomic` is one transaction of the code: what it reads it has locked, or it is one statement. Between two of them
 * anything may happen: another buyer, the sweeper, the clock, a notice of the provider.
 *
 * With -DFAULT_... a rule is left out; spin must then find a way to break an invariant. check.py tries each of them.
 */

#ifndef BUYERS
#define BUYERS 2
#endif
#ifndef SEATS
#define SEATS 2
#endif
#ifndef HORIZON
#define HORIZON 3
#endif
#define LIFETIME 1
#define NOBODY 255
#define NEVER 255          /* expires_at IS NULL: sold */

/* States of an order, boxoffice/orders.py: record_step. */
#define NONE 0
#define HELD 1
#define PAYING 2
#define PAID 3
#define REFUNDED 4
#define CANCELLED 5
#define EXPIRED 6

/* What became of the money of the one payment that a buyer makes. */
#define UNASKED 0
#define PENDING 1          /* the provider may charge at any time from now on */
#define CHARGED 2          /* it has the money; we do not know yet */
#define ACCEPTED 3         /* it pays for the order */
#define RETURNED 4         /* a row of payment_refund says that it goes back */
#define FAILED 5

byte now = 0;
byte owner[SEATS];         /* seat_claim.order_id; an order is its buyer's number */
byte ends[SEATS];          /* seat_claim.expires_at */
byte state[BUYERS];
byte until[BUYERS];        /* sale_order.hold_expires_at */
byte wish[BUYERS];         /* order_line: the seats, as bits */
byte money[BUYERS];
byte tickets[SEATS];       /* how many valid tickets there are for the seat */
byte holder[SEATS];        /* whose the valid ticket is */
byte returns[BUYERS];      /* how often money went back for the payment */
byte copies[BUYERS];       /* how often the provider may still repeat its notice */

/* Scratch inside of a transaction; no part of the state. */
hidden byte i;
hidden byte k;
hidden byte ok;

#define WANTS(b, s) ((wish[b] >> (s)) & 1)
#ifdef FAULT_TAKE_OVER_LIVE
#define TAKEABLE(s, b) true
#else
/* ON CONFLICT DO UPDATE ... WHERE claim.expires_at <= :now OR claim.order_id = excluded.order_id */
#define TAKEABLE(s, b) (owner[s] == NOBODY || owner[s] == b || (ends[s] != NEVER && ends[s] <= now))
#endif

/* claim_seats: all of the seats or none. */
inline claim(b, expires, done) {
    done = true;
    for (i : 0 .. SEATS - 1) {
        if
        :: WANTS(b, i) && !(TAKEABLE(i, b)) -> done = false
        :: else
        fi
    }
    if
    :: done ->
        for (i : 0 .. SEATS - 1) {
            if
            :: WANTS(b, i) -> owner[i] = b; ends[i] = expires
            :: else
            fi
        }
#ifdef FAULT_HALF_A_CLAIM
    /* What could be taken stays taken although the rest could not. */
    :: else ->
        for (i : 0 .. SEATS - 1) {
            if
            :: WANTS(b, i) && TAKEABLE(i, b) -> owner[i] = b; ends[i] = expires
            :: else
            fi
        }
#else
    :: else
#endif
    fi;
    i = 0
}

/* release_claims: what is still its own. */
inline release(b) {
    for (i : 0 .. SEATS - 1) {
        if
#ifdef FAULT_RELEASE_OF_OTHERS
        :: WANTS(b, i) -> owner[i] = NOBODY; ends[i] = 0
#else
        :: owner[i] == b -> owner[i] = NOBODY; ends[i] = 0
#endif
        :: else
        fi
    }
    i = 0
}

inline issue(b) {
    for (i : 0 .. SEATS - 1) {
        if
        :: WANTS(b, i) -> tickets[i]++; holder[i] = b
        :: else
        fi
    }
    i = 0
}

inline take_back(b) {
    for (i : 0 .. SEATS - 1) {
        if
        :: WANTS(b, i) && holder[i] == b -> tickets[i]--; holder[i] = NOBODY
        :: else
        fi
    }
    i = 0
}

inline give_back(b) {
    money[b] = RETURNED;
    returns[b]++
}

#define UNSOLD(b) (state[b] == HELD || state[b] == PAYING)
#define LIVE(b) (UNSOLD(b) && until[b] > now)

/* A person at the website: holds, extends, pays, gives up, asks for his money back; may stop at any point. */
proctype Buyer(byte me) {
    atomic {                                             /* hold_seats */
        select(i : 1 .. (1 << SEATS) - 1);
        wish[me] = i;
        i = 0;
        claim(me, now + LIFETIME, ok);
        if
        :: ok -> state[me] = HELD; until[me] = now + LIFETIME
        :: else -> wish[me] = 0
        fi
    }
    do
    :: atomic { state[me] == HELD && LIVE(me) && until[me] < now + LIFETIME ->      /* extend_hold */
        claim(me, now + LIFETIME, ok);
        if
        :: ok -> until[me] = now + LIFETIME
        :: else
        fi }
    :: atomic { state[me] == HELD && LIVE(me) && money[me] == UNASKED ->            /* intend_payment */
        claim(me, now + LIFETIME, ok);
        if
        :: ok -> until[me] = now + LIFETIME; state[me] = PAYING; money[me] = PENDING
        :: else
        fi }
    :: atomic { UNSOLD(me) ->                                                      /* release_hold */
        state[me] = CANCELLED;
        release(me) }
    :: atomic { state[me] == PAID ->                                               /* refund_order */
#ifdef FAULT_REFUND_KEEPS_TICKETS
        skip;
#else
        take_back(me);
#endif
        release(me);
        state[me] = REFUNDED;
        give_back(me) }
    :: break
    od
}

/* The provider charges, or does not, whenever it likes; then tells it, late, and up to twice. */
proctype Provider(byte b) {
    do
    :: atomic { money[b] == PENDING -> money[b] = CHARGED; copies[b] = 2 }
    :: atomic { money[b] == PENDING ->                                             /* fail_payment */
        money[b] = FAILED;
        if
        :: state[b] == PAYING -> state[b] = HELD
        :: else
        fi }
    :: atomic { copies[b] > 0 ->                                                   /* settle_payment */
        copies[b]--;
        if
#ifdef FAULT_EVERY_COPY_COUNTS
        :: true ->
#else
        :: money[b] == CHARGED ->                                                  /* record_settled */
#endif
            if
            :: UNSOLD(b) || state[b] == EXPIRED ->
                /* _take_seats: renew_claims with expires_at NULL. Also for a hold that ran out. */
#ifdef FAULT_LATE_MONEY_TAKES_NO_SEATS
                ok = true;
#else
                claim(b, NEVER, ok);
#endif
                if
                :: ok -> money[b] = ACCEPTED; state[b] = PAID; issue(b)            /* complete_order */
#ifdef FAULT_LATE_MONEY_STAYS
                :: else -> money[b] = ACCEPTED
#else
                :: else ->
                    give_back(b);
                    if
                    :: state[b] == PAYING -> state[b] = HELD                       /* _stop_paying */
                    :: else
                    fi
#endif
                fi
            :: else -> give_back(b)                    /* cancelled, refunded, or paid already */
            fi
        :: else
        fi }
    :: (copies[b] == 0 && (money[b] == ACCEPTED || money[b] == RETURNED || money[b] == FAILED)) -> break
    :: (money[b] == UNASKED) -> break
    od
}

/* release_expired_holds. No sale depends on it: it may never run, or at any time. */
proctype Sweeper() {
    do
    :: atomic {
        select(k : 0 .. BUYERS - 1);
        if
#ifdef FAULT_SWEEPS_LIVE_HOLDS
        :: UNSOLD(k) ->
#else
        :: UNSOLD(k) && until[k] <= now ->
#endif
            state[k] = EXPIRED;
            release(k)
        :: else
        fi }
    :: break
    od
}

proctype Clock() {
    do
    :: now < HORIZON -> now++
    :: else -> break
    od
}

/* Looks between any two transactions. */
proctype Auditor() {
    atomic {
        for (i : 0 .. SEATS - 1) {
            assert(tickets[i] <= 1);                                        /* no seat is sold twice */
            if
            :: tickets[i] == 1 ->
                assert(holder[i] != NOBODY);
                assert(state[holder[i]] == PAID);                           /* no ticket without its money */
                assert(owner[i] == holder[i] && ends[i] == NEVER)           /* and none without its seat */
            :: else
            fi;
            if
            :: owner[i] != NOBODY && ends[i] == NEVER -> assert(tickets[i] == 1)   /* no seat is lost */
            :: else
            fi
        }
        for (k : 0 .. BUYERS - 1) {
            assert(state[k] != EXPIRED || until[k] <= now);                 /* nobody is cut short */
            assert(returns[k] <= 1);                                        /* money goes back once */
            assert((state[k] == PAID) == (money[k] == ACCEPTED));           /* money equals tickets */
            for (i : 0 .. SEATS - 1) {
                if
                :: state[k] == PAID && WANTS(k, i) -> assert(tickets[i] == 1 && holder[i] == k)
                /* A live hold has its seats: the buyer was told so. */
                :: LIVE(k) && WANTS(k, i) -> assert(owner[i] == k)
                /* All or none: nobody has a seat who was refused. */
                :: state[k] != PAID && !UNSOLD(k) -> assert(owner[i] != k)
                :: else
                fi
            }
        }
    }
}

init {
    atomic {
        for (i : 0 .. SEATS - 1) { owner[i] = NOBODY; holder[i] = NOBODY }
        for (i : 0 .. BUYERS - 1) { run Buyer(i); run Provider(i) }
        run Sweeper();
        run Clock();
        run Auditor()
    }
}
