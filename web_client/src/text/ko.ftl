### 클라이언트의 모든 문장. 합니다체, 짧고 분명하게.

product = Pavilion
close = 닫기
cancel = 취소
dismiss = 알림 닫기
try-again = 다시 시도
not-now = 나중에
somebody = 진행자
use-it = 사용하기
go-home = 첫 페이지로 가기
load-again = 다시 불러오기
failed-title = 이 페이지가 멈췄습니다
failed-text = 페이지에 문제가 생겼습니다. 다시 불러오십시오. 회의실의 자리는 그대로 있습니다.

## 언어와 색

language = 언어
language-switch = { $language }: 언어 바꾸기
theme = 화면 색
theme-auto = 시스템 설정
theme-light = 밝게
theme-dark = 어둡게
theme-switch = 화면 색: { $theme }. 바꾸기

## 기다림

waiting-server = 서버에서 로그인 상태를 확인하고 있습니다…
waiting-rooms = 회의실 목록을 가져오고 있습니다…
waiting-preview = 회의실 정보를 가져오고 있습니다…
waiting-seat = 자리로 돌아가고 있습니다…

## 첫 페이지

landing-title = 우리 네트워크 안의 화상 회의
landing-text = Pavilion은 발표자와 연구자, 진행자를 한 회의실에 모읍니다. 영상과 소리는 이 네트워크 밖으로 나가지 않습니다.
landing-link-title = 초대를 받으셨습니까?
landing-link = 초대 링크
landing-link-wrong = 이 사이트의 초대 링크가 아닙니다. 링크 전체를 복사하여 다시 붙여 넣어 주십시오.
landing-open = 회의실 열기
landing-moderator-title = 진행자이십니까?
landing-moderator-text = 서버 운영자에게 한 번만 쓸 수 있는 로그인 링크를 받으십시오. 링크는 서버를 처음 시작할 때 표시되고, “pavilion moderator-link” 명령으로 다시 만들 수 있습니다. 이 브라우저에서 열면 내 회의실로 들어갑니다.
unknown-title = 이 주소에는 아무것도 없습니다
unknown-text = 링크를 복사할 때 일부가 잘렸을 수 있습니다. 링크를 다시 받거나 첫 페이지에 붙여 넣어 주십시오.

## 진행자 되기

start-title = 진행자 로그인
start-text = 이 링크로 이 브라우저에 진행자로 로그인합니다. 그러면 내 회의실을 볼 수 있고, 회의실을 만들고 초대 링크를 나누어 주며 회의를 진행할 수 있습니다.
start-once = 이 링크는 한 번만 쓸 수 있습니다. 앞으로 사용할 브라우저에서 여십시오.
start-button = 진행자로 로그인
start-busy = 로그인하고 있습니다…
start-no-cookie = 이 브라우저가 쿠키를 거부하여 로그인을 유지할 수 없습니다. 이 사이트의 쿠키를 허용한 다음 로그인하십시오. 링크는 아직 쓰이지 않았습니다.
sign-out = 로그아웃
sign-out-title = 이 브라우저에서 로그아웃하시겠습니까?
sign-out-text = 회의실은 그대로 남습니다. 다시 들어오려면 서버 운영자에게 한 번만 쓸 수 있는 새 링크를 받아야 합니다.

## 진행자의 회의실

own-rooms-title = 내 회의실
own-rooms-empty = 아직 회의실이 없습니다. 회의실을 만들면 초대 링크와 함께 여기에 나타납니다.
own-rooms-reconnecting = 서버와의 연결이 끊어졌습니다. 자동으로 다시 연결됩니다.
new-room = 새 회의실
room-title = 제목
room-organisation = 주최 기관
new-room-button = 회의실 만들기
new-room-busy = 회의실을 만들고 있습니다…
room-needs-title = 회의실을 만들려면 제목과 주최 기관을 입력하십시오.
present-count =
    { $count ->
        [0] 아무도 없음
       *[other] { $count }명 참가 중
    }
lost-count = 연결 끊김 { $count }명
enter-room = 입장하기
close-room = 회의실 닫기
close-room-title = “{ $title }” 회의실을 닫으시겠습니까?
close-room-text = 회의실 안의 모든 사람이 나가게 되고, 초대 링크는 더 이상 작동하지 않으며, 이 목록에서 사라집니다.
invitations = 초대 링크
invitations-help = 링크를 가진 사람은 누구나 그 역할로 입장할 수 있습니다. 필요한 사람에게만 전달하십시오.
invitations-empty = 유효한 초대 링크가 없습니다. 사람들을 초대하려면 새로 만드십시오.
invitations-local = 이 링크는 이 컴퓨터에서만 열립니다. 서버의 이름이나 네트워크 주소로 Pavilion을 열고, 거기서 링크를 만들어 복사하십시오.
invite-people = 사람 초대
invite-title = 새 링크
invite-note = 구분하기 위한 메모 (선택)
invite-most = 동시 최대 인원 (선택)
invite-most-invalid = 1에서 { $most } 사이의 수를 입력하거나, 제한이 없으면 비워 두십시오.
invite-presenter = 발표자 링크 만들기
invite-researcher = 연구자 링크 만들기
invite-moderator = 진행자 링크 만들기
link-presenter = 발표자 링크
link-researcher = 연구자 링크
link-moderator = 진행자 링크
link-most = 동시에 최대 { $count }명
copy = 복사
copy-named = { $name } 복사
qr-named = { $name } QR 코드
qr-alt = 초대 링크의 QR 코드
qr-help = 이 네트워크에 연결된 휴대전화나 태블릿의 카메라로 찍으십시오.
revoke = 링크 회수
revoke-named = { $name } 회수
revoke-title = 이 링크를 회수하시겠습니까?
revoke-text = 이 링크로는 더 이상 입장할 수 없습니다. 이미 회의실에 있는 사람은 그대로 남습니다.
notice-revoked = 링크를 회수했습니다.
notice-address-copied = 주소를 복사했습니다.
notice-address-by-hand = 브라우저가 복사를 허용하지 않습니다. 주소를 선택하여 키보드로 복사하십시오.
notice-copied = 링크를 복사했습니다.
notice-copy-by-hand = 브라우저가 복사를 허용하지 않습니다. 링크를 선택해 두었으니 키보드로 복사하십시오.

## 입장 전

your-name = 이름
your-organisation = 소속 기관
role-moderator = 진행자
role-presenter = 발표자
role-researcher = 연구자
join-role = { $role } 역할로 입장합니다.
join-empty = 아직 아무도 없습니다.
join-present = 지금 { $count }명이 있습니다:
join-more = 외 { $count }명
join-listener = 회의를 보고 듣고, 채팅하고, 손을 들 수 있습니다. 마이크와 카메라는 진행자가 발언권을 줄 때만 필요합니다.
join-set-up = 지금 마이크와 카메라 확인하기
join-watch-anyway = 지금 참가하여 보고 듣고 채팅할 수 있습니다.
join-no-webrtc = 이 브라우저는 회의실의 영상과 소리를 주고받을 수 없습니다. WebRTC가 없거나 꺼져 있습니다. 입장하여 채팅을 읽고 쓰고 손을 들 수 있습니다. 나머지는 최신 Firefox나 Chrome, Edge에서 링크를 여십시오.
join-unable = 이 브라우저에서는 마이크와 카메라를 쓸 수 없습니다.
join-forgets = 이 브라우저는 이 사이트의 데이터를 저장하지 않습니다. 입장할 수 있지만, 페이지를 다시 불러오면 다시 입장해야 합니다.
join-reconnecting = 서버와의 연결이 끊어졌습니다. 자동으로 다시 연결됩니다.
join = 참가하기
joining = 참가하고 있습니다…
join-queued = 지금 이 링크로 많은 분이 입장하고 있습니다. 몇 초 뒤에 입장됩니다.
elsewhere-tab = 이 회의실에 다른 탭으로 이미 들어와 계십니다.
elsewhere-window = 이 회의실에 다른 창이나 다른 컴퓨터로 이미 들어와 계십니다.
elsewhere-move = 여기로 옮기기
elsewhere-stay = 그쪽에서 계속하기
elsewhere-another = 다른 사람으로 입장
join-needs-name = 참가하려면 이름과 소속 기관을 입력하십시오.
devices = 장치
devices-unknown = –
microphone = 마이크
microphone-short = 마이크
microphone-level = 마이크 소리 크기
microphone-number = 마이크 { $number }
microphone-unnamed = 먼저 마이크를 허용하십시오
no-microphone = 마이크를 찾을 수 없습니다
camera = 카메라
camera-is-off = 카메라가 꺼져 있습니다.
camera-number = 카메라 { $number }
camera-unnamed = 먼저 카메라를 허용하십시오
no-camera = 카메라를 찾을 수 없습니다
own-picture = 내 화면
speaker = 스피커
speaker-default = 이 컴퓨터의 기본 스피커
speaker-number = 스피커 { $number }
test-speaker = 스피커 확인
speaker-test-failed = 확인 음을 재생할 수 없습니다. 다른 스피커를 선택하십시오.

## 회의 전 시험

waiting-check = 시험을 불러오고 있습니다…
check-link = 카메라, 마이크, 스피커, 연결 시험하기
check-link-devices = 카메라, 마이크, 스피커 시험하기
check-title = 회의 전 시험
check-text = 카메라와 마이크, 스피커는 직접 보고 들어 확인하고, 서버 연결은 몇 초 동안 영상과 소리를 보내어 확인합니다. 여기서는 아무에게도 보이거나 들리지 않습니다.
check-text-devices = 카메라와 마이크, 스피커를 직접 보고 들어 확인합니다. 여기서는 아무에게도 보이거나 들리지 않습니다.
check-devices-only = 서버 연결은 초대 링크로만 시험할 수 있습니다. 초대 링크를 열어 시험하십시오.
check-start = 시험 시작
check-running = 시험하고 있습니다…
check-again = 다시 시험
check-to-room = 회의실로
check-opening = 열고 있습니다. 브라우저가 물으면 허용하십시오.
check-camera-waiting = 시작하면 시험합니다.
check-camera-no-picture = 카메라는 열렸지만 영상이 오지 않습니다. 카메라를 쓰는 다른 프로그램을 닫으십시오.
check-camera-good = 카메라가 작동합니다. 보이는 모습을 확인하십시오.
check-microphone-waiting = 시작하면 시험합니다.
check-microphone-silent = 말을 해 보십시오. 막대가 움직여야 합니다. 움직이지 않으면 아래에서 다른 마이크를 고르십시오.
check-microphone-good = 마이크가 작동합니다.
check-speaker-ask = “스피커 확인”을 누르십시오. 소리가 들립니까?
check-speaker-yes = 예, 들립니다
check-speaker-no = 아니요
check-speaker-good = 스피커가 작동합니다.
check-speaker-bad = 음량을 높이고 헤드폰이 꽂혀 있는지 보십시오. 아래에서 다른 스피커를 고를 수도 있습니다.
check-udp = 서버 연결(UDP)
check-tcp = 서버 연결(TCP)
check-udp-waiting = 영상과 소리에 보통 쓰는 경로입니다. 시작하면 시험합니다.
check-tcp-waiting = UDP를 막는 방화벽이 있을 때 쓰는 경로입니다. UDP 다음에 시험합니다.
check-route-running = 몇 초 동안 보내고 있습니다…
check-route-good = 작동합니다.
check-route-weak = 작동하지만 연결이 약합니다. 와이파이 대신 케이블을 쓰거나 내려받기를 멈추면 도움이 됩니다.
check-route-bad = 거의 작동하지 않습니다. 손실이나 지연이 너무 큽니다. 와이파이 대신 케이블을 쓰거나 내려받기를 멈추면 도움이 됩니다.
check-route-figures = 연결까지 { $connect } ms, 서버까지 왕복 { $rtt } ms, 손실 { $loss }%, { $kbps } kbit/s 이상.
check-udp-failed = UDP로는 아무것도 통하지 않습니다. 네트워크 관리자에게 이 서버로 가는 UDP 포트 { $port }번을 열어 달라고 하십시오.
check-tcp-failed = TCP로는 아무것도 통하지 않습니다. 네트워크 관리자에게 이 서버로 가는 TCP 포트 { $port }번을 열어 달라고 하십시오.
check-udp-absent = 서버가 UDP 연결을 제공하지 않습니다.
check-tcp-absent = 서버가 TCP 연결을 제공하지 않습니다.
check-advice-all = 회의를 위한 연결 준비가 되었습니다.
check-advice-udp-only = 회의를 위한 연결 준비가 되었습니다. TCP는 통하지 않지만 없어도 됩니다.
check-advice-tcp-only = TCP로 참가할 수 있습니다. UDP 포트 { $port }번이 열리면 영상과 소리가 더 안정됩니다. 네트워크 관리자에게 알리십시오.
check-advice-weak = 참가할 수 있지만 연결이 약합니다. 회의실의 설정에서 데이터 절약이나 소리만을 고르십시오.
check-advice-nothing = UDP와 TCP 모두 영상과 소리가 통하지 않아, 회의실에서 아무도 보이거나 들리지 않습니다. 네트워크 관리자에게 이 서버로 가는 포트 { $port }번을 UDP로, 안 되면 TCP로라도 열어 달라고 하십시오.

## 장치 문제

problem-insecure = 신뢰할 수 있는 인증서가 없는 페이지에서는 브라우저가 마이크와 카메라를 차단합니다.
problem-unsupported = 이 브라우저에서는 마이크와 카메라를 사용할 수 없습니다. 최신 Firefox, Chrome, Edge를 사용하십시오.
problem-both-denied = 마이크와 카메라 사용이 허용되지 않았습니다. 주소창 옆에서 허용한 다음 다시 시도하십시오.
problem-both-absent = 마이크와 카메라를 찾을 수 없습니다. 연결한 다음 다시 시도하십시오.
problem-camera-denied = 카메라 사용이 허용되지 않았습니다. 주소창 옆에서 허용한 다음 다시 시도하십시오.
problem-camera-absent = 카메라를 찾을 수 없습니다. 카메라를 연결한 다음 다시 시도하십시오.
problem-camera-busy = 다른 프로그램이 카메라를 사용하고 있습니다. 그 프로그램을 닫고 다시 시도하십시오.
problem-camera-failed = 카메라가 시작되지 않았습니다. 다시 시도하거나 다른 카메라를 선택하십시오.
problem-microphone-denied = 마이크 사용이 허용되지 않았습니다. 주소창 옆에서 허용한 다음 다시 시도하십시오.
problem-microphone-absent = 마이크를 찾을 수 없습니다. 마이크를 연결한 다음 다시 시도하십시오.
problem-microphone-busy = 다른 프로그램이 마이크를 사용하고 있습니다. 그 프로그램을 닫고 다시 시도하십시오.
problem-microphone-failed = 마이크가 시작되지 않았습니다. 다시 시도하거나 다른 마이크를 선택하십시오.
solution-insecure = 이 사이트를 신뢰하는 방법 보기
solution-insecure-ask = 이 서버의 인증서를 신뢰하는 방법을 서버 운영자에게 문의하십시오.

## 회의실

room = 회의실
stage = 무대
stage-empty = 아직 무대에 아무도 없습니다. 누군가 카메라를 켜거나 화면을 공유하면 여기에 나타납니다.
alone = 아직 다른 참가자가 없습니다.
alone-moderator = 링크로 사람을 초대하십시오. 들어오는 사람이 여기에 나타납니다.
alone-guest = 들어오는 사람이 여기에 나타납니다.
controls = 조작
screen-share = 화면 공유
screen-stop = 공유 중지
share-sharp = 화면: 또렷한 글자
share-sharp-text = 슬라이드, 문서, 프로그램에 알맞습니다. 글자가 또렷하고 움직임은 끊길 수 있습니다.
share-motion = 영화나 애니메이션: 매끄러운 움직임
share-motion-text = 영화와 움직이는 그림에 알맞습니다. 작은 글자는 흐릴 수 있습니다.
share-camera = 두 번째 카메라(실물 화상기)
share-no-camera = 카메라를 하나 더 연결하면 내 모습과 함께 문서나 실험을 보여 줄 수 있습니다.
screen-own-camera = 회의실의 모든 사람이 두 번째 카메라를 보고 있습니다.
style = 용도
style-sharp = 또렷한 글자
style-motion = 매끄러운 움직임
screen-own = 화면을 공유하고 있습니다. 회의실의 모든 사람이 보고 있습니다.
screen-own-lost = 연결이 끊어졌습니다. 다시 연결될 때까지 다른 사람에게 공유 내용이 보이지 않을 수 있습니다.
screen-of = { $name } 님의 화면
screen-audio-only = 소리만 받고 있어 공유 화면이 표시되지 않습니다.
screen-waiting = 공유 화면을 불러오고 있습니다…
screen-failed = 화면을 공유할 수 없습니다. 다시 시도하십시오.
screen-unsupported = 이 브라우저에서는 화면을 공유할 수 없습니다. 컴퓨터에서 Firefox, Chrome, Edge를 사용하십시오.
hand = 손들기
hand-number = 손들기 { $number }번
layout-grid = 바둑판
layout-stage = 무대
chat = 채팅
people = 참가자
leave = 나가기
more = 더 보기
full-enter = 전체 화면
full-leave = 전체 화면 나가기
floating-open = 다른 프로그램 위의 작은 창
floating-close = 작은 창 닫기
floating-failed = 작은 창을 열지 못했습니다. 무대에 영상이 있어야 합니다.
mute-me = 마이크 끄기
leave-title = 회의실에서 나가시겠습니까?
leave-text = 혼자 나가면 회의는 계속됩니다. 모두를 위해 회의를 끝낼 수도 있습니다.
leave-close-room = 회의실 닫기(모두 나감)
you = (나)
picture-of = { $name } 님의 영상
undecodable = 이 브라우저는 { $name } 님이 보내는 영상을 표시할 수 없습니다. 소리는 그대로 들립니다.
mark-muted = 마이크 꺼짐
mark-weak = 연결이 약함
mark-away = 연결이 끊어져 다시 연결 중
mark-muted-word = 음소거
mark-weak-word = 약함
mark-away-word = 끊김
off = 꺼짐
pin = 나만 고정해서 보기
unpin = 고정 해제
pin-named = { $name } 님을 나만 고정해서 보기
unpin-named = { $name } 님 고정 해제
page-of = { $pages }쪽 중 { $page }쪽
next-page = 다음 쪽
previous-page = 이전 쪽

## 연결

reconnecting = 연결이 끊어졌습니다. 자동으로 다시 연결됩니다.
reconnecting-seconds = { $seconds }초
play-sound = 소리가 꺼져 있습니다. 재생하기
play-pictures = 영상이 멈춰 있습니다. 재생하기
no-webrtc = 이 브라우저에서는 영상과 소리를 주고받을 수 없습니다. 채팅은 사용할 수 있습니다.
audio-only = 소리만 받고 있습니다.
show-pictures = 영상 보기
tile-audio-only = 소리만
tile-no-room = 연결이 느려서 이 영상을 받지 않습니다
tile-coming = 영상을 받는 중입니다…
receive = 받는 영상
receive-auto = 자동: 연결이 허용하는 만큼 좋게
receive-saver = 데이터 절약: 작은 영상
receive-audio = 없음: 소리만
quality-unknown = 품질을 알 수 없음: 연결이 끊어짐
quality-none = 영상과 소리가 끊어짐
quality-silent = 영상과 소리가 오지 않음
quality-send-down = 내 영상과 소리가 전해지지 않음
quality-bad = 연결이 매우 약함
quality-weak = 연결이 약함
quality-fair = 연결이 보통
quality-good = 연결이 좋음
quality-detail = { $level }: { $rtt } ms, 손실 { $loss }%

connection = 연결
verdict-measuring = 연결을 재고 있습니다…
verdict-lost = 서버와의 연결이 끊어졌습니다. 자동으로 다시 연결됩니다.
verdict-receive-down = 보고 듣는 연결이 끊어졌습니다. 다른 경로를 찾고 있습니다.
verdict-send-down = 내 영상과 소리를 보내는 연결이 끊어져 다른 사람이 나를 보거나 들을 수 없습니다. 다른 경로를 찾고 있습니다.
verdict-silent = 보내는 사람이 있지만 여기까지 아무것도 오지 않습니다. 연결에 문제가 있으면 다른 경로를 찾습니다.
verdict-unable = 이 브라우저는 영상과 소리를 주고받을 수 없습니다. 채팅은 사용할 수 있습니다.
verdict-loss-reduced = 연결에서 패킷의 { $loss }%가 손실됩니다. 소리가 끊기지 않도록 영상을 줄였습니다.
verdict-loss = 받는 방향에서 패킷의 { $loss }%가 손실됩니다. 대부분 제때 다시 받습니다.
verdict-waits = 손실된 패킷을 제때 다시 받을 수 있도록 영상을 약 { $wait }ms 늦게 보여 줍니다.
verdict-loss-up = 보내는 패킷의 { $loss }%가 손실됩니다. 다른 사람에게 내 모습과 소리가 나쁘게 전해질 수 있습니다.
verdict-thin = 연결 속도가 모든 영상을 받기에 부족하여 영상을 줄였습니다.
verdict-thin-rate = 연결 속도가 약 { $kbps } kbit/s이므로 영상을 그에 맞게 줄였습니다.
verdict-tcp = TCP로 받고 있습니다. UDP가 막혀 있는 것 같습니다. 연결이 나쁠 때 소리가 더 빨리 늦어집니다. 네트워크 관리자에게 미디어 포트의 UDP를 열어 달라고 하십시오.
verdict-slow = 서버까지 다녀오는 데 { $rtt } ms가 걸립니다. 내 말이 늦게 들립니다.
verdict-strained = 컴퓨터가 큰 영상을 처리하기에 느려서, 여유가 생길 때까지 작은 영상을 받습니다. 다른 프로그램을 닫으면 도움이 됩니다.
verdict-strained-fewer = 컴퓨터가 이 많은 영상을 처리하기에 느려서 더 적게 받습니다. 다른 프로그램을 닫으면 도움이 됩니다.
verdict-send-cpu = 컴퓨터가 느려서 카메라 영상을 온전히 보내지 못합니다. 다른 사람에게는 움직임이 끊겨 보입니다.
verdict-send-link = 연결 속도가 카메라 영상을 보내기에 부족합니다. 다른 사람에게는 더 작게 보입니다.
verdict-operator = 서버 운영자가 전송 속도를 제한하여 영상이 작습니다.
verdict-saver = 데이터 절약을 선택하여 영상이 작습니다.
verdict-audio = 소리만 받도록 선택했습니다.
verdict-good = 모두 정상입니다.
figure-rtt = 서버까지 왕복
figure-loss-down = 받을 때 손실
figure-loss-up = 보낼 때 손실
figure-received = 받음
figure-sent = 보냄
figure-picture = { $name }: { $height }줄, 초당 { $fps }장, { $kbps } kbit/s
figure-limited-cpu = 느린 컴퓨터
figure-limited-bandwidth = 느린 연결
figures-details = 자세히
figures-for-operator = 서버 운영자를 위한 값입니다. 이름은 들어 있지 않습니다.
figures-copied = 값을 복사했습니다.
figures-copy-by-hand = 브라우저가 복사를 허용하지 않습니다. 값을 선택하여 키보드로 복사하십시오.
shared-picture = 공유 영상
percent = { $value }%
milliseconds = { $value } ms
kilobits = { $value } kbit/s

## 참가자

hands = 손든 사람
hands-empty = 손을 든 사람이 순서대로 여기에 나타납니다.
moderators = 진행자
people-empty = 발표자와 연구자가 참가하면 여기에 나타납니다.
people-hands =
    { $count ->
       *[other] 명이 손을 들었습니다
    }
has-floor = 발언권 있음
connection-lost = 연결 끊어짐
actions-for = { $name } 님에 대해 할 수 있는 일
floor-give = 발언권 주기
floor-give-named = { $name } 님에게 발언권 주기
hand-lower = 손 내리기
hand-lower-named = { $name } 님의 손 내리기
floor-take = 발언권 거두기
on-stage = 무대에 있음
stage-on = 모두에게 보이기
stage-keep = 무대에 고정
kept-on-stage = 무대에 고정됨
stage-off = 자동으로 되돌리기
mute-microphone = 마이크 음소거
stop-camera = 카메라 끄기
stop-screen = 화면 공유 중지
removed-people = 내보낸 사람
removed-by = { $organisation } · { $by } 님이 내보냄
let-in = 다시 들이기
let-in-named = { $name } 님을 다시 들이기
remove = 내보내기
remove-title = { $name } 님을 내보내시겠습니까?
remove-text = 바로 회의실에서 나가게 되며, 같은 브라우저에서 같은 링크로 다시 들어올 수 없습니다. 참가자 목록에서 다시 들일 수 있습니다. 같은 링크를 쓰는 다른 사람에게는 영향이 없습니다.

## 발언권

floor-given = 발언권을 받았습니다
floor-given-text = 이제 말하고 카메라와 화면을 보여 줄 수 있습니다. 음소거를 해제하기 전에는 아무에게도 들리지 않습니다.
floor-unmute = 음소거 해제
floor-taken = 발언권이 회수되었습니다. 마이크와 카메라, 화면 공유가 꺼졌습니다.
unmute = 음소거 해제
muted-speech = 음소거 상태입니다. 말하려면 M 키를 누르십시오.
muted-speech-touch = 음소거 상태입니다. 말하려면 음소거를 해제하십시오.

## 진행자에게 알리는 소식

news-sound = 누가 들어오거나 손을 들 때 알림음
news-sound-off = 끔
news-sound-on = 켬
news-joined = { $name } 님이 들어왔습니다
news-joined-more = { $name } 님 외 { $count }명이 들어왔습니다
news-left = { $name } 님이 나갔습니다
news-left-more = { $name } 님 외 { $count }명이 나갔습니다
news-hand = { $name } 님이 손을 들었습니다
news-hand-more = { $name } 님 외 { $count }명이 손을 들었습니다

## 알림

notice-on-stage-seen = 지금 무대에 올랐습니다. 모두에게 내 모습이 보입니다.
notice-on-stage-heard = 지금 무대에 올랐습니다. 모두에게 내 목소리가 들립니다. 카메라는 꺼져 있습니다.
notice-no-floor = 발언권이 없습니다. 손을 들어 요청하십시오.
notice-muted-microphone = { $by } 님이 마이크를 음소거했습니다.
notice-muted-camera = { $by } 님이 카메라를 껐습니다.
notice-muted-screen = { $by } 님이 화면 공유를 중지했습니다.
notice-muted-screen-audio = { $by } 님이 공유 화면의 소리를 중지했습니다.
notice-device-arrived = 새 장치: { $name }
notice-device-replaced = { $lost } 장치가 분리되었습니다. 지금 사용하는 장치: { $name }
notice-microphone-instead = 선택한 마이크가 없습니다. 지금 사용: { $name }
notice-camera-instead = 선택한 카메라가 없습니다. 지금 사용: { $name }
notice-speaker-missing = 선택한 스피커가 없습니다. 소리는 기본 스피커에서 나옵니다.
notice-device-gone = { $lost } 장치가 분리되었고 다른 장치를 찾지 못했습니다.

## 채팅

chat-messages = 메시지
chat-empty = 아직 메시지가 없습니다. 여기에 쓴 글은 회의실의 모든 사람이 봅니다.
chat-earlier = 이전 메시지 보기
chat-loading = 이전 메시지를 가져오고 있습니다…
chat-unfold = 모두 보기
chat-fold = 접기
chat-write = 모두에게 쓰기
chat-sending = 보내고 있습니다…
chat-failed = 서버가 이 메시지를 받지 않았습니다.
chat-waits = 연결이 돌아오면 보냅니다.
chat-waits-storage = 지금은 서버가 저장할 수 없습니다. 자동으로 다시 보냅니다.
chat-again = 다시 보내기
chat-edit = 고치기
chat-too-long = 이 메시지는 { $count }자입니다. 한 번에 { $most }자까지 보낼 수 있으니 나누어 보내십시오.
chat-announce = { $name }: { $text }
chat-unread =
    { $count ->
       *[other] 개의 읽지 않은 메시지
    }
send = 보내기

## 설정

settings = 설정
codec = 보내는 영상 형식
codec-auto = 자동
settings-pictures = 영상
settings-looks = 언어와 화면 색
self-view = 내 화면
self-view-shown = 보이기
self-view-hidden = 숨기기
shortcuts = 단축키
shortcuts-help = 글을 쓰는 동안에는 단축키가 작동하지 않습니다.
shortcut-microphone = 마이크 켜기와 끄기
shortcut-talk = 음소거 중 누르고 있는 동안 말하기
shortcut-camera = 카메라 켜기와 끄기
shortcut-screen = 화면 공유 시작과 중지
shortcut-hand = 손들기와 내리기
shortcut-layout = 무대 또는 바둑판
shortcut-full = 영상만 전체 화면으로
shortcut-chat = 채팅 열기와 닫기
shortcut-people = 참가자 목록 열기와 닫기
shortcut-next-page = 다음 쪽의 영상
shortcut-previous-page = 이전 쪽의 영상
shortcut-help = 이 목록

## 회의실을 나온 뒤

gone-left-title = 회의실에서 나왔습니다
gone-left-text = 회의는 계속됩니다. 초대 링크를 쓸 수 있는 동안에는 다시 들어갈 수 있습니다.
gone-removed-title = 회의실에서 내보내졌습니다
gone-removed-text = { $by } 님이 내보냈습니다. 잘못된 것이라면 진행자에게 다시 입장할 수 있는지 문의하십시오.
gone-taken-over-title = 다른 창에서 이 회의실에 참가하고 있습니다
gone-taken-over-text = 자리가 그 창으로 옮겨졌습니다. 여기로 다시 가져올 수도 있습니다.
gone-room-closed-title = 회의실이 닫혔습니다
gone-room-closed-text = 회의가 끝났습니다. 링크는 더 이상 작동하지 않습니다.
gone-too-slow-title = 연결이 너무 느렸습니다
gone-too-slow-text = 서버가 연결을 끊었습니다. 자리는 잠시 유지되니 돌아오십시오.
gone-flooding-title = 이 창이 서버에 너무 많은 요청을 보냈습니다
gone-flooding-text = 연결이 끊어졌습니다. 자리는 잠시 유지되니 돌아오십시오.
gone-seat-lost-title = 자리가 유지되지 않았습니다
gone-seat-lost-text = 너무 오래 떠나 있었습니다. 다시 참가하십시오. 채팅은 그대로 남아 있습니다.
come-back = 다시 들어가기
take-over = 여기로 가져오기
refused-title = 입장할 수 없습니다
refused-next = 입장할 수 있어야 한다면 초대한 사람에게 새 링크를 요청하십시오.

## 서버의 거절(코드별)

error-no-answer = 서버가 응답하지 않습니다. 하시던 일은 그대로 남아 있으니 잠시 뒤 다시 시도하십시오.
error-here = 이 페이지에서 처리하지 못했습니다. 다시 불러와 시도하십시오.
error-no-webrtc = 이 브라우저는 영상과 소리를 위한 연결을 만들 수 없습니다. WebRTC가 없거나 꺼져 있습니다.
error-room-not-found = 이 회의실은 더 이상 없습니다.
error-room-closed = 이 회의실은 닫혔습니다.
error-room-full = 회의실이 가득 찼습니다. 나중에 다시 시도하십시오.
error-link-full = 이 링크로 들어올 수 있는 인원이 이미 모두 찼습니다. 진행자에게 다른 링크를 요청하십시오.
error-too-many-joins = 지금 이 링크로 많은 분이 입장하고 있습니다. 몇 초 뒤에 다시 시도하십시오.
error-removed-from-room = 진행자가 이 회의실에서 내보냈습니다. 다시 들어오려면 진행자에게 요청하십시오.
error-removal-not-found = 이 조치는 이미 해제되었습니다.
error-seated-elsewhere = 이 회의실에 다른 창으로 이미 들어와 계십니다. 여기로 옮기거나 그쪽에서 계속하십시오.
error-not-allowed = 현재 역할로는 할 수 없습니다.
error-not-signed-in = 로그인한 진행자만 들어갈 수 있습니다. 초대 링크를 사용하거나 먼저 로그인하십시오.
error-not-seated = 회의실 안에 있지 않습니다. 먼저 참가하십시오.
error-seated-already = 이미 회의실에 있습니다.
error-seat-gone = 자리가 더 이상 유지되지 않습니다. 다시 참가하십시오.
error-participant-not-found = 이 참가자는 더 이상 여기에 없습니다.
error-floor-not-needed = 이 참가자는 이미 말할 수 있습니다.
error-not-published = 참가자가 지금 보내고 있지 않습니다.
error-invitation-unknown = 없는 초대입니다. 링크 전체를 복사했는지 확인하십시오.
error-invitation-revoked = 회수된 초대입니다. 진행자에게 새 초대를 요청하십시오.
error-link-unknown = 이미 사용했거나 기한이 지난 링크입니다. 새 링크를 요청하십시오.
error-too-many-rooms = 회의실이 너무 많습니다. 먼저 하나를 닫으십시오.
error-too-many-invitations = 이 회의실에 초대가 너무 많습니다. 먼저 몇 개를 회수하십시오.
error-too-many-trials = 연결 시험이 너무 많이 진행되고 있습니다. 1분 뒤 다시 시도하십시오.
error-too-many-attempts = 실패한 시도가 너무 많습니다. 1분 뒤 다시 시도하십시오.
error-too-fast = 요청이 너무 많습니다. 잠시 뒤 다시 시도하십시오.
error-too-large = 서버가 받을 수 있는 길이를 넘었습니다. 줄여 주십시오.
error-malformed = 서버가 요청을 읽지 못했습니다. 페이지를 새로 고치고 다시 시도하십시오.
error-internal = 서버에 문제가 있었습니다. 기록해 두었으니 다시 시도하십시오.
error-storage-failed = 서버가 저장하지 못했습니다. 잠시 뒤 다시 시도하십시오.
error-storage-busy = 지금은 서버가 저장할 수 없습니다. 바뀐 것은 없습니다. 잠시 뒤 다시 시도하십시오.
error-other-origin = 서버가 이 페이지를 연 주소를 알지 못합니다. 서버 운영자에게 앞단의 프록시가 설정되지 않았다고(설정 proxy.address) 알리십시오.
error-name-empty = 이름에 보이는 글자가 없습니다. 보이는 글자로 입력하십시오.
error-organisation-empty = 기관에 보이는 글자가 없습니다. 보이는 글자로 입력하십시오.
error-title-empty = 제목에 보이는 글자가 없습니다. 보이는 글자로 입력하십시오.
error-text-empty = 메시지에 보이는 글자가 없어 보내지 않았습니다. 보이는 글자를 입력하십시오.
error-name-too-long = 이름이 80자를 넘습니다. 줄여 주십시오.
error-organisation-too-long = 기관이 80자를 넘습니다. 줄여 주십시오.
error-title-too-long = 제목이 120자를 넘습니다. 줄여 주십시오.
error-text-too-long = 메시지가 4000자를 넘습니다. 나누어 보내십시오.
error-note-too-long = 메모가 80자를 넘습니다. 줄여 주십시오.
