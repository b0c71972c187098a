\set n :n + 1
\set number :start + :n * :clients + :client_id
\set slot mod(:number, 560) / 4
\set hall 4 + mod(:number, 4)
\set screening :slot * 8 + :hall + 1
\set film mod(:slot * 8 + :hall, :films) + 1
\set later :slot / 5
\set seat :hall * 250 + 5 + :number / 560
\set user mod(:number * 7919, 1000) + 1
BEGIN;
SELECT users.id, users.username, users.email_confirmed_at, user_session.token_hash, user_session.expires_at FROM users JOIN user_session ON user_session.user_id = users.id WHERE users.username = 'user' || :user::text || '@example.org' AND user_session.token_hash = encode(sha256(('token-' || :user::text)::bytea), 'hex');
SELECT screening.id, screening.starts_at, screening.sales_end_at FROM screening JOIN film ON film.id = screening.film_id WHERE screening.cinema_id = 1 AND screening.day = :first_day::date + :later::int AND film.title = 'A film of number ' || :film::text AND screening.time = (ARRAY['11:00', '14:00', '17:00', '20:00', '22:00'])[mod(:slot::int, 5) + 1];
INSERT INTO sale_order (code, screening_id, user_id, state, channel, seats_asked, seats_claimed, total_amount, paid_amount, currency, created_at) VALUES (substr(encode(sha256(('c' || :number::text)::bytea), 'base64'), 1, 10), :screening, :user, 'paid', 'given', 1, 1, 0, 0, 'EUR', now()) RETURNING id AS order_id \gset
INSERT INTO seat_claim AS claim (screening_id, seat_id, order_id, expires_at) VALUES (:screening, :seat, :order_id, NULL) ON CONFLICT (screening_id, seat_id) DO UPDATE SET order_id = excluded.order_id, expires_at = excluded.expires_at WHERE claim.expires_at <= now() RETURNING seat_id;
INSERT INTO ticket (id, order_id, screening_id, seat_id, state, amount, created_at) VALUES (substr(encode(sha256(('t' || :number::text)::bytea), 'base64'), 1, 16), :order_id, :screening, :seat, 'valid', 0, now());
INSERT INTO order_event (order_id, at, actor, from_state, to_state, note) VALUES (:order_id, now(), 'user' || :user::text || '@example.org', NULL, 'paid', '');
INSERT INTO outbox (kind, recipient, payload, created_at, next_attempt_at, attempts) VALUES ('tickets', 'user' || :user::text || '@example.org', jsonb_build_object('order_id', :order_id::bigint), now(), now(), 0);
COMMIT;
